def m = [b: 2, c: 1, a: 3]
println m.sort()
println m
println m.sort { it.value }
println m.sort { a, b -> b.value <=> a.value }
println m.sort { -it.value }
println m.sort()*.key
println m.toSorted { it.value }
println m.sort { it.key }.getClass().simpleName
