'a\nb\nc'.eachLine { println it }
'a\nb'.eachLine { line, n -> println "$n: $line" }
'a\nb'.eachLine(1) { line, n -> println "$n: $line" }
println 'a\nb'.eachLine { it + '!' }
