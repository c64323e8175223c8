class W {
    def i(int x) { 'int' }
    def i(long x) { 'long' }
    def i(double x) { 'double' }
    def n(Number x) { 'number' }
    def n(Object x) { 'object' }
    def l(long x) { "long $x" }
}
def w = new W()
println w.i(1)
println w.i(1L)
println w.i(1.5d)
println w.i(1.5)
println w.n(1)
println w.n('a')
println w.l(5)
println w.i((short) 1)
