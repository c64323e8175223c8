class N {
    def f(String s) { 'string' }
    def f(Object o) { 'object' }
    def g(String s) { 'only string' }
    def h(int x) { 'int' }
}
println new N().f(null)
println new N().g(null)
try { println new N().h(null) } catch (e) { println e.class.simpleName }
