def m = [a: 1, b: 2, c: 3]
println m.find { it.value > 1 }
println m.find { k, v -> v > 1 }.key
println m.find { k, v -> v > 9 }
println m.findAll { it.value > 1 }
println m.findAll { k, v -> k < 'c' }
println m.any { k, v -> v == 2 }
println m.every { it.value > 0 }
println m.count { k, v -> v > 1 }
println m.findResult { k, v -> v == 2 ? k : null }
println m.findResults { k, v -> v > 1 ? k : null }
