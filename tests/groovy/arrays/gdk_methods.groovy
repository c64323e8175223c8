def a = ['c', 'a', 'b'] as String[]
println a.sort()
println a.reverse()
println a.findAll { it > 'a' }
println a.collect { it.toUpperCase() }
println a.any { it == 'b' }
println a.join(',')
println a.first() + a.last()
println a.toList().indexOf('b')
println((a + 'd'))
println((a - 'a'))
println a.eachWithIndex { x, i -> print "$i$x " }.length
println a.inject('') { s, x -> s + x }
println a.groupBy { it }
println a as Set
println a.take(2)
println a.count('a')
println a == ['a', 'b', 'c']
