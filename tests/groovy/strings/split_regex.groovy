println 'a,b,c'.split(',')
println 'a,b,c'.split(',').class
println 'a,b,,'.split(',').size()
println 'a,b,,'.split(',', -1).size()
println 'a1b22c'.split(/\d+/).toList()
println 'a.b.c'.split('.').size()
println 'a.b.c'.split(/\./)[1]
println 'a b  c'.split().toList()
println 'a,b,c'.split(',', 2).toList()
println ''.split(',').size()
println ',a'.split(',').toList()
println 'abc'.split('').toList()
println 'a|b'.split('\\|').toList()
