def m = [a: 1, b: 2, c: 1]
println m.groupBy { it.value }
println m.groupBy { k, v -> v % 2 == 0 ? 'even' : 'odd' }
println m.countBy { k, v -> v }
println m.groupEntriesBy { it.value }.collectEntries { k, v -> [k, v*.key] }
println m.entrySet().sum { it.value }
println m.collect { k, v -> v }.sum()
