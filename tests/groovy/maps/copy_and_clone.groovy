def m = [a: [1]]
def c = m.clone()
c.b = 2
c.a << 2
println m
def d = new LinkedHashMap(m)
d.x = 1
println m.size()
println(([a: 1] as TreeMap).getClass().name)
println([:].getClass().name)
println(new HashMap().getClass().name)
