def m = [a: 1, b: 2, c: 3]
m.remove('a')
m.keySet().remove('b')
println m
m.clear()
println m
def n = [x: 1, y: 2, z: 3]
n.keySet().retainAll(["x"])
println n
n.values().remove(1)
println n
