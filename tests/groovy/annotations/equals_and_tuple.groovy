import groovy.transform.*
@EqualsAndHashCode class E { int x; String s }
@TupleConstructor class T { int x; String s }
println new E(x: 1, s: 'a') == new E(x: 1, s: 'a')
println new E(x: 1) == new E(x: 2)
println new T(1, 'b').s
println new T(7).x
println new T().s
println(([new E(x: 1), new E(x: 1)] as Set).size())
