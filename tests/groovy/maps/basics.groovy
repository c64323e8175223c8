def m = [a: 1, b: 2]
println m.a
println m['b']
println m.get('a')
println m.c
println m.size()
println m.isEmpty()
println m.containsKey('a')
println m.containsValue(2)
println m.keySet()
println m.values()
println m.entrySet()
println m.class
println m.getClass().name
m.c = 3
m['d'] = 4
m.put('e', 5)
println m
