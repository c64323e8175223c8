char c = 'a'
String s = c
println s.class.simpleName
println c == 'a'
println 'abc'.indexOf(c as String)
println(c as int)
char[] cs = 'abc'.toCharArray()
println cs.length
println cs as List
println new String(cs)
println 'abc' as char[]
try { char d = 'ab'; println d } catch (e) { println e.message }
