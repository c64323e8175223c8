println(['a', 'b'].withIndex())
println(['a', 'b'].withIndex(1))
println(['a', 'b'].indexed())
println(['a', 'b'].withIndex().collect { x, i -> x * (i + 1) })
println(['a', 'b'].indices)
['x', 'y'].withIndex().each { v, i -> print "$i$v " }
println()
