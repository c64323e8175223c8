println(['apple', 'avocado', 'bean'].groupBy { it[0] })
println([1, 2, 3, 4].groupBy { it % 2 })
println([1, 2, 3, 4, 5, 6].groupBy({ it % 2 }, { it > 3 }))
println([[t: 'a', v: 1], [t: 'b', v: 2], [t: 'a', v: 3]].groupBy { it.t }.collectEntries { k, v -> [k, v*.v.sum()] })
