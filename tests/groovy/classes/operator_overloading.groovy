class Vec {
    int x, y
    Vec(x, y) { this.x = x; this.y = y }
    def plus(Vec o) { new Vec(x + o.x, y + o.y) }
    def minus(Vec o) { new Vec(x - o.x, y - o.y) }
    def multiply(int k) { new Vec(x * k, y * k) }
    def negative() { new Vec(-x, -y) }
    def getAt(int i) { i == 0 ? x : y }
    void putAt(int i, v) { if (i == 0) x = v else y = v }
    def next() { new Vec(x + 1, y + 1) }
    def leftShift(o) { "shifted $o" }
    boolean asBoolean() { x || y }
    def call(a) { "called $a" }
    def isCase(o) { o == x }
    String toString() { "($x,$y)" }
}
def a = new Vec(1, 2), b = new Vec(3, 4)
println a + b
println b - a
println a * 3
println(-a)
println a[0] + a[1]
a[0] = 9
println a
println a << 'z'
println a ? 'true' : 'false'
println new Vec(0, 0) ? 'true' : 'false'
println a(5)
switch (9) { case a: println 'case'; break }
a++
println a
a += b
println a
