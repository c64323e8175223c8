println([[1, 2], ['a', 'b']].combinations())
println([1, 2, 3].permutations().size())
println([1, 2].permutations().sort { it.toString() })
println([1, 2, 3].subsequences().size())
[[1, 2], [3]].eachCombination { print it }
println()
println(['x', 'y'].combinations())
println(GroovyCollections.combinations([[1, 2], [3, 4]]))
