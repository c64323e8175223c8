def m = [a: 1, b: 2]
try { m.each { k, v -> m["x$k".toString()] = v } } catch (e) { println e.class.name }
def n = [a: 1, b: 2, c: 3]
n.entrySet().removeIf { it.value == 2 }
println n
n.keySet().retainAll(['a'])
println n
n.values().removeAll([1])
println n
def it = [p: 1, q: 2].entrySet().iterator()
it.next()
it.remove()
