for (int i = 0; i < 2; i++) { def inner = i }
try { println i } catch (MissingPropertyException e) { println e.message }
def x = 'outer'
for (y in [1]) { x = y }
println x
for (x2 in [1, 2]) { }
def i = 'free again'
println i
