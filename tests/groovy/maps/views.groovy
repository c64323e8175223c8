def m = [a: 1, b: 2]
def keys = m.keySet()
m.c = 3
println keys
println keys.contains('c')
println m.values().sum()
println m.values().toList()
println m.keySet().toList().class.simpleName
println m*.key
println m*.value
println m.keySet() as List
println m.values() as List
println m.keySet().join(',')
println m.values().getClass().simpleName
