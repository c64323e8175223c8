for (i in 1..3) print i
println()
for (i in 3..1) print i
println()
(1..3).each { print it }
println()
for (i in 0..<3) print i
println()
for (c in 'a'..'e') print c
println()
(1..10).step(3) { print it + ' ' }
println()
println((1..10).step(4))
println((10..1).step(4))
