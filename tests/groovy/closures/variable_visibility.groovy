def x = 1
def c = { x = 2; def y = 3; y }
c()
println x
try { println y } catch (MissingPropertyException e) { println e.message }
z = 5
def d = { z }
println d()
def f() { try { x } catch (MissingPropertyException e) { 'no x in a method' } }
println f()
def g() { z }
println g()
