class B { String a; int b; List c = [] ; B() { } }
def b = new B(a: 'x', b: 2)
println "$b.a $b.b $b.c"
def m = [a: 'y', c: [1]]
println new B(m).c
try { new B(zzz: 1) } catch (MissingPropertyException e) { println e.message.readLines()[0] }
class C { Map opts; C(Map opts) { this.opts = opts } }
println new C(x: 1, y: 2).opts
