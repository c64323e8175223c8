// object.@name reads the field itself; of a super class only what is not private.
class A { def x = 1; protected p = 2; public q = 3; private r = 4; def getX() { 'getter' }; def inA() { this.@x } }
class B extends A { def y = 5; def inB() { this.@y } }
println new A().@x + new A().@r
println new A().x
println new B().@y + new B().@p + new B().@q
println new B().inA()
println new B().inB()
['x', 'r', 'nope'].each { name -> try { println new B().@"$name" } catch (MissingFieldException e) { println e.message } }
try { null.@z } catch (MissingFieldException e) { println e.message }
println([new A(), new A()]*.@x)
def a = new A()
a.@x = 9
println a.@x
