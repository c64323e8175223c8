println 'apple' <=> 'banana'
println 'a'.compareTo('c')
println 'abc'.compareTo('ab')
println 'a' < 'B'
println 'apple' == 'apple'
println 'apple'.equals('apple')
println 'a'.is('a')
println 'a' == 97
println 'a' == ('a' as char)
println 'B'.compareToIgnoreCase('a')
println(['b', 'A', 'c'].sort())
println(['b', 'A', 'c'].sort { it.toLowerCase() })
