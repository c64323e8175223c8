println([[1, 2], [3]].collect { it.collect { it + 1 } })
println((1..3).collect { i -> (1..i).collect { it * i } })
println([a: [1, 2]].collectEntries { k, v -> [k, v.collect { "$k$it" }] })
