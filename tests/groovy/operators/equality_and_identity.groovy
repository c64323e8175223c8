def a = 'x', b = new String('x')
println a == b
println a.is(b)
println a != b
println null == null
println null != 1
println(([1] == [1]))
println 1 == 1G
println 1.0d == 1
println('a' as char == 'a')
println([a: 1] == [a: 1])
println new Date(0) == new Date(0)
println 1 == true
println 'true' == true
