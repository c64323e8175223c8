def m = new java.util.concurrent.ConcurrentHashMap()
m.a = 1
m.put('b', 2)
println m.putIfAbsent('a', 5)
println m.size()
println m.a
try { m.put('n', null) } catch (NullPointerException e) { println 'no nulls' }
println m.keySet().sort()
