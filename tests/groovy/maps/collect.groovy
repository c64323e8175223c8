def m = [a: 1, b: 2]
println m.collect { k, v -> "$k$v" }
println m.collect { it.value * 10 }
println m.collectEntries { k, v -> [v, k] }
println m.collectEntries { k, v -> [(k.toUpperCase()): v + 1] }
println m.collectEntries { e -> [(e.key + '!'): e.value] }
println m.collectMany { k, v -> [k] * v }
println m.collect([] as Set) { k, v -> v > 0 }
println m.collect { it }.class
