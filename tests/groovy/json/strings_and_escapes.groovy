import groovy.json.*
def s = new JsonSlurperClassic().parseText('{"a": "line\\nbreak \\"q\\" \\u00e9 \\\\ \\/ \\t"}').a
println s
println JsonOutput.toJson(s)
println JsonOutput.toJson('中文 é € "')
println JsonOutput.toJson('a/b\\c\u0001')
