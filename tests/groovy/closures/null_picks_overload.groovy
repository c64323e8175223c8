// A bare null: the overload that Groovy takes.
class A {
    def one(Object o) { 'object' }
    def one(String s) { 'string' }
    def two(String s) { 'string' }
    def two(Integer i) { 'integer' }
    def three(int i) { 'int' }
    def three(Object o) { 'object' }
    def four(int i) { 'int' }
    def five(Object[] a) { "array ${a}" }
    def five(String s) { 'string' }
    def six(String s, int n = 1) { "s$s$n" }
}
def a = new A()
println a.one(null)
try { println a.two(null) } catch (e) { println e.message.readLines()[0] }
println a.three(null)
try { println a.four(null) } catch (e) { println e.message.readLines()[0] }
println a.six(null)
println a.five('x', 'y')
