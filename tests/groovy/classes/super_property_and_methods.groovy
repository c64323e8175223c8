class A { def name = 'A'; def who() { "A.who ${name}" }; static s() { 'A.s' } }
class B extends A { def who() { "B(${super.who()})" }; B() { name = 'B' } }
class C extends B { def who() { "C(${super.who()})" } }
println new C().who()
println C.s()
println new C().name
