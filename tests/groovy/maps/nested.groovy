def m = [a: [b: [c: 1]]]
println m.a.b.c
println m.a?.x?.y
m.a.b.d = 2
m.a['e'] = [1]
m.a.e << 2
println m
println m['a']['b']['c']
println m.get('a').get('b')
try { println m.x.y } catch (NullPointerException e) { println e.message }
try { m.x.y = 1 } catch (NullPointerException e) { println e.message }
