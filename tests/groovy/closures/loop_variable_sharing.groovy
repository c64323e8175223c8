def list = []
for (x in [1, 2, 3]) { list << { x } }
println list.collect { it() }
def other = []
for (int i = 0; i < 3; i++) { other << { i } }
println other.collect { it() }
def third = []
[1, 2, 3].each { x -> third << { x } }
println third.collect { it() }
def fourth = []
for (x in [1, 2, 3]) { def y = x; fourth << { y } }
println fourth.collect { it() }
