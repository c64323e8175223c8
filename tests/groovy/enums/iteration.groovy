enum D { A, B, C }
for (d in D.values()) print d
println()
for (d in D) print d
println()
D.values().eachWithIndex { d, i -> print "$i$d " }
println()
println D.values().collect { it.ordinal() }
println D.A.next().next().next()
println D.MIN_VALUE
println D.MAX_VALUE
