println([1] + [2])
println([1] + 2)
println([1] + [[2]])
println([1, 2] * 2)
def a = [1]
def b = a + [2]
println a
println([1] + (2..4))
println([1] + ([3] as Set))
println([1] + null)
println([1].plus(0, [0]))
