println groovy.json.StringEscapeUtils.escapeJava('a"b\n')
