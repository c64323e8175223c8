Integer a = 100
Integer b = 100
println a.is(b)
println a == b
Integer c = 1000
Integer d = 1000
println c == d
println c.equals(d)
