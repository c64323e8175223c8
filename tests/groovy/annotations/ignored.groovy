import groovy.transform.*
@CompileStatic class S { int add(int a, int b) { a + b } }
@SuppressWarnings('unused') def f(@Deprecated x) { x }
class B { @Override String toString() { 'B' } ; @Deprecated def old() { 'old' } }
println new S().add(1, 2)
println f(5)
println new B()
println new B().old()
