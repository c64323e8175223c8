// `super` in a trait is the next trait of the object's class, at last its super class; `A.super` is the trait A.
class Base {
    String m() { 'base' }
    String n(x) { "n$x" }
}
trait A { String m() { 'A(' + super.m() + ')' } }
trait B { String m() { 'B(' + super.m() + ')' } }
trait D extends A { String m() { 'D(' + super.m() + ')' } }
trait W { String n(x) { 'W' + super.n(x + 1) } }

class One extends Base implements A { }
class Two extends Base implements A, B { }
class Turned extends Base implements B, A { }
class Own extends Base implements B, A { String m() { 'own ' + super.m() } }
class Derived extends Base implements D { }
class Below extends One implements B { }
class Named extends Base implements A, B { String m() { "${A.super.m()} ${B.super.m()}" } }
class Argument extends Base implements W { }
class Nothing implements A { }

for (type in [One, Two, Turned, Own, Derived, Below, Named]) {
    println "$type.simpleName: ${type.newInstance().m()}"
}
println new Argument().n(1)
try {
    new Nothing().m()
} catch (MissingMethodException e) {
    println e.message.readLines().first()
}
