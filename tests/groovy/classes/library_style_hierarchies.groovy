interface Shape { int SIDES = 4; double area(); }
abstract class Base implements Shape, Comparable<Shape> {
  protected String name; private static int made = 0; static final List LOG = []
  Base(String n) { this.name = n; made++; LOG << "base:$n".toString() }
  { LOG << 'init' }
  static { LOG << 'static' }
  int compareTo(Shape o) { area() <=> o.area() }
  String toString() { "${getClass().simpleName}($name, ${area()})" }
  static int getMade() { made }
  abstract String kind()
}
class Sq extends Base { double s; Sq(double s) { super('sq'); this.s = s } ; double area() { s * s } ; String kind() { 'K' + super.toString() + SIDES } }
class Rect extends Sq { double h; Rect(double w, double h = 2) { super(w); this.h = h; name = 'rect' } ; double area() { s * h } ; boolean equals(Object o) { o instanceof Rect && o.s == s && o.h == h } ; int hashCode() { Objects.hash(s, h) } }
println([new Sq(3), new Rect(1), new Rect(5, 1)].sort()); println Base.made; println Base.LOG
println new Rect(2, 3) == new Rect(2, 3); println([new Rect(2, 3), new Rect(2, 3)] as Set); println new Rect(1, 2).kind()
println([new Rect(1, 9), new Sq(2)].max { it.area() }); println new Sq(1) <=> new Sq(2); println new Sq(1) < new Sq(2)
class Vec { final int x, y; Vec(x, y) { this.x = x; this.y = y } ; Vec plus(Vec o) { new Vec(x + o.x, y + o.y) } ; Vec minus(Vec o) { new Vec(x - o.x, y - o.y) } ; Vec multiply(n) { new Vec(x * n, y * n) } ; Vec negative() { new Vec(-x, -y) } ; def getAt(int i) { i == 0 ? x : y } ; boolean asBoolean() { x || y } ; Vec next() { new Vec(x + 1, y + 1) } ; def call(a) { "called $a" } ; boolean isCase(o) { o == x } ; Vec leftShift(n) { new Vec(x + n, y) } ; String toString() { "<$x,$y>" } ; def asType(Class c) { c == List ? [x, y] : c == String ? toString() : null } ; Iterator iterator() { [x, y].iterator() } }
def v = new Vec(1, 2); println v + v * 3 - new Vec(0, 1); println(-v); println v[0] + v[1]; println v ? 'yes' : 'no'; println new Vec(0, 0) ? 'yes' : 'no'; println v(5); def z = v; z++; println z; println v << 4; println v as List; switch (1) { case v: println 'case'; break; default: println 'none' }
for (q in v) { print "$q;" }; println v.collect { it * 2 }; def (m, n) = v; println m + n
class Outer { int k = 5; class In { int j = 2; int sum() { k + j } } ; static class Nest { String s = 'n'; static Nest of(String x) { new Nest(s: x) } } ; In mk() { new In(j: 7) } ; def anon() { int loc = 3; new Comparator<Integer>() { int compare(Integer a, Integer b) { (b <=> a) * loc * k } } } ; def cl() { { -> [this.class.simpleName, owner.class.simpleName, delegate.class.simpleName, k] } } }
def o = new Outer(); println o.mk().sum(); println Outer.Nest.of('z').s; println([1, 3, 2].sort(o.anon())); println o.cl()()
def f(int a, String b = 'd', Object... rest) { "$a$b${rest.toList()}" }
println f(1); println f(1, 'x'); println f(1, 'x', 2, 3); println f(*[4, 'y', 5])
def g(Map opts = [:], List l, Closure c = { it }) { "$opts ${l.collect(c)}" }
println g([1]); println g(a: 1, [2]) { it * 2 }; println g([x: 1], [3], { -it }); println g([3], k: 9)
def ret(int x) { try { if (x == 1) return 'try'; if (x == 2) throw new RuntimeException('r') ; 'end' } catch (e) { return 'catch ' + e.message } finally { print 'fin ' } }
println ret(1); println ret(2); println ret(3)
class MyEx extends Exception { int code; MyEx(String m, int c, Throwable t = null) { super(m, t); code = c } }
try { try { 1 / 0 } catch (ArithmeticException e) { throw new MyEx('wrapped', 7, e) } } catch (MyEx e) { println "${e.message} ${e.code} ${e.cause.class.simpleName} ${e.cause.message}" }
def up = 'abc'.&toUpperCase; println up(); def add = Integer.&sum; println add(2, 3); println(['a', 'b'].collect(String.&valueOf)); def len = String.&length
println(['x', 'yy']*.length()); println(['x', null, 'yy']*.size()); println([[a: 1], [a: 2]].a); println([[a: 1], [b: 2]]*.a)
class Dyn { def store = [:]; def getProperty(String p) { p == 'store' ? this.@store : (store[p] ?: "no-$p") } ; void setProperty(String p, val) { store[p] = val } ; def invokeMethod(String n, args) { "$n(${args.join(',')})" } }
def d = new Dyn(); d.foo = 3; println d.foo + ' ' + d.bar + ' ' + d.run(1, 2); def mn = 'dynamic'; println d."$mn"('z'); println d."x${1}"
Integer.metaClass.twice = { -> delegate * 2 }; println 4.twice(); String.metaClass.static.mk = { a -> "mk$a" }; println String.mk(1)
def e = new Expando(a: 1); e.hello = { "hello $a ${it ?: ''}" }; println e.hello('x'); e.b = 2; println e.properties.keySet()
println 'abc'.respondsTo('toUpperCase') ? 'r' : 'n'; println new Sq(1).hasProperty('s') ? 'h' : 'n'; println Sq.newInstance(4d).area(); println Sq.simpleName + Outer.In.name
class Cat { static String yell(String s) { s.toUpperCase() + '!' } ; static int plusOne(Integer i) { i + 1 } }
use(Cat) { println 'a'.yell() + 3.plusOne() }; try { 'a'.yell() } catch (MissingMethodException x) { println x.message.readLines()[0] }
def r = [compare: { a, b -> b <=> a }] as Comparator; println([1, 2, 3].sort(r)); Runnable run = { println 'ran' }; run.run(); println(({ 42 } as java.util.concurrent.Callable).call())
def comp = { it + 1 } >> { it * 2 }; println comp(3); println(({ it + 1 } << { it * 2 })(3)); def cur = { a, b, c -> "$a$b$c" }; println cur.curry(1)(2, 3) + cur.rcurry(3)(1, 2) + cur.ncurry(1, 'x')('a', 'b')
def acc = []; def rec; rec = { int i -> if (i > 0) { acc << i; rec(i - 1) } }; rec(3); println acc; println({ int i, int s = 0 -> i == 0 ? s : trampoline(i - 1, s + i) }.trampoline()(1000))
println((1..3).each { it }.getClass().simpleName); println([1, 2, 3].iterator().with { next(); next() }); def it2 = [1, 2].iterator(); while (it2.hasNext()) print it2.next(); println()
def s = new StringBuilder(); s << 'a' << 1; s.append('b').insert(0, 'z').reverse(); println s; println s + 'x'
println "${{ -> 'lazy' }}" + "${ { it -> it << 'w' } }"; int i = 5; i <<= 2; i |= 3; i ^= 1; println i; println i >>> 1; println ~i; println 5 & 6 | 1 ^ 3
assert true; println 'done'
