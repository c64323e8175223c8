Object o = 'text'
String s = (String) o
println s
println((Object) 5)
println((String) null)
println((int) 5.99)
println((long) 5)
println((List) [1])
println((Integer) 5L)
println((double) 5 / 2)
println(((Number) 5).intValue())
println((String) 42)
println((boolean) 'x')
