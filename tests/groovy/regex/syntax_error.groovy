try { 'a' =~ /(/ } catch (java.util.regex.PatternSyntaxException e) { println e.message; println e.index; println e.description; println e.pattern }
