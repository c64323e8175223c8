def m = [a: 1]
println m.computeIfAbsent('b') { it + '!' }
println m.computeIfPresent('a') { k, v -> v + 1 }
println m.compute('c') { k, v -> (v ?: 0) + 5 }
println m.merge('a', 10) { x, y -> x + y }
println m.merge('z', 10) { x, y -> x + y }
println m.computeIfPresent('a') { k, v -> null }
println m
m.replaceAll { k, v -> "$k$v".toString() }
println m
println m.replace('b', 'new')
println m
