def m = new LinkedHashMap()
m.b = 1
m.a = 2
m.b = 3
println m
m.remove('b')
m.b = 4
println m
