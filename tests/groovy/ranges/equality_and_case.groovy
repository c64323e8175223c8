println((1..3) == (1..3))
println((1..<4) == (1..3))
switch (5) { case 1..4: println 'low'; break; case 5..9: println 'mid'; break }
println((1..3).hashCode() == [1, 2, 3].hashCode())
println 2.5 in 1..3
println((1..5).containsWithinBounds(3))
