println 'a,b'.split(',') as List
println 'a,b'.split(',').toList().class
println (('a,b'.split(',') as Set).class)
println 'a b'.split(' ').collect { it + '!' }
println 'c b a'.split(' ').sort().join(' ')
println 'x y'.split(' ').contains('x')
println 'x y'.split(' ').length
println Arrays.asList('p q'.split(' '))
