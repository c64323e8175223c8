println 'abc'.toList()
println 'abc'.collect { it.toUpperCase() }
println 'abc' as List
println 'abc'.toCharArray().length
println 'abc'.chars
for (c in 'xy') { print c + c.class.simpleName + ' ' }
println()
'ab'.each { print "<$it>" }
println()
println 'hello'.toSet()
println 'hello'.toCharArray().toList().unique()
