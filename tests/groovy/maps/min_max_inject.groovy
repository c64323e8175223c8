def m = [a: 3, b: 1, c: 2]
println m.max { it.value }
println m.min { it.value }.key
println m.max { a, b -> a.key <=> b.key }.key
println m.inject(0) { acc, e -> acc + e.value }
println m.inject('') { acc, k, v -> acc + k + v }
