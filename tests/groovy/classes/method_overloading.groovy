class O {
    def f(String s) { "string $s" }
    def f(Integer i) { "integer $i" }
    def f(Object o) { "object $o" }
    def f(List l) { "list $l" }
    def f(a, b) { "two" }
    def f() { 'none' }
}
def o = new O()
println o.f('x')
println o.f(1)
println o.f(1L)
println o.f([1])
println o.f(1, 2)
println o.f()
println o.f("g${1}")
println o.f(1.5)
Object x = 'runtime'
println o.f(x)
