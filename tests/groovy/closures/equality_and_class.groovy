def a = { 1 }
def b = a
println a.is(b)
println a == b
println a == { 1 }
println a instanceof Closure
println(a.clone() == a)
