[1, 2, 3].each { print it }
println()
['a', 'b'].eachWithIndex { x, i -> print "$i=$x " }
println()
println([1, 2].each { it * 10 })
[1, 2, 3].each { if (it == 2) return; print it }
println()
[3, 2, 1].reverseEach { print it }
println()
[[1, 2], [3, 4]].each { a, b -> print "$a+$b " }
println()
for (x in [1, 2]) print x
println()
