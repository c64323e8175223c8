def e = [k: 'v'].entrySet().first()
println e
println e.key + e.value
println e.getKey()
def m = [a: 1]
m.entrySet().each { it.value = 5 }
println m
for (Map.Entry x : m.entrySet()) println x.key
def (k, v) = m.find { true }.with { [it.key, it.value] }
println k + v
println new MapEntry('x', 1)
println new AbstractMap.SimpleEntry('y', 2)
