class A {
    final String s
    int n
    A() { this('default', 1) }
    A(String s) { this(s, 0) }
    A(String s, int n) { this.s = s; this.n = n }
    String toString() { "A($s, $n)" }
}
println new A()
println new A('x')
println new A('y', 5)
try { new A(1, 2, 3) } catch (GroovyRuntimeException e) { println e.message.readLines()[0] }
def args = ['z', 9]
println new A(*args)
