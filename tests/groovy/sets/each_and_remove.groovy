def s = [1, 2, 3, 4] as Set
s.removeAll { it % 2 }
println s
s.retainAll([4])
println s
s.addAll([7, 8])
s.each { print it }
println()
s.eachWithIndex { x, i -> print "$i$x " }
println()
s.removeIf { it > 7 }
println s
s.clear()
println s.empty
