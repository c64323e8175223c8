class V {
    def f(String... xs) { xs.length }
    def g(Object[] xs) { xs.size() }
    def h(int first, int... rest) { first + (rest ? rest.sum() : 0) }
}
def v = new V()
println v.f()
println v.f('a')
println v.f('a', 'b')
println v.f(['x', 'y'] as String[])
println v.g(1, 'a')
println v.h(1)
println v.h(1, 2, 3)
