class F {
    final int a = 1
    final String b
    F(String b) { this.b = b }
}
def f = new F('x')
println f.a + f.b
try { f.a = 2 } catch (ReadOnlyPropertyException e) { println e.message }
