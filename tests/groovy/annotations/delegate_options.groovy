// includes, excludes, interfaces: what is delegated, and which types the class has then.
interface Greeter { String greet(String who) }
class Polite implements Greeter {
    String greet(String who) { "Good day, $who" }
    String bye() { 'bye' }
    int count = 3
}
class A { @Delegate Polite p = new Polite() }
class B { @Delegate(excludes = 'bye, getCount') Polite p = new Polite() }
class C { @Delegate(includes = ['bye'], interfaces = false) Polite p = new Polite() }
class D { @Delegate(interfaces = false) Polite p = new Polite() }
println new A() instanceof Greeter
println new D() instanceof Greeter
println new A().greet('A')
println new A().count
def a = new A()
a.count = 9
println a.p.count
try { new B().bye() } catch (MissingMethodException e) { println 'B has no ' + e.method }
println new B().greet('B')
println new C().bye()
try { new C().greet('C') } catch (MissingMethodException e) { println 'C has no ' + e.method }
println new D().greet('D')
