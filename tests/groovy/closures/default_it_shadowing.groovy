def outer = { it.collect { it * 2 } }
println outer([1, 2])
[1].each { x -> [2].each { println "$x $it" } }
def it2 = { -> 'no it' }
println it2()
