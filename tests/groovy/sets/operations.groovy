def a = [1, 2, 3] as Set, b = [2, 3, 4] as Set
println a + b
println a - b
println a.intersect(b)
println a + 9
println a.containsAll([1, 2])
println a.disjoint([7] as Set)
println a == [3, 2, 1] as Set
println((a + b).class.simpleName)
println a.plus([5]).size()
