println 5 in 1..10
println 5.5 in 1..10
println((1..10).contains(5.0))
println((1..10).containsWithinBounds(5.5))
println 10 in 1..<10
println((1.0..3.0).toList())
println(('a'..'e').contains('c'))
