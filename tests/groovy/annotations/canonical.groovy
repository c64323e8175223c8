import groovy.transform.*
@Canonical class P { String a; int b = 2 }
println new P('x', 1)
println new P('x')
println new P(a: 'y', b: 3)
println new P('x', 1) == new P('x', 1)
println new P('x', 1).hashCode() == new P('x', 1).hashCode()
println([new P('q', 1)].contains(new P('q', 1)))
