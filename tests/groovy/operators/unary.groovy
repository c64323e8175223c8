println(-5)
println(+5)
println(-(-5))
println(!true)
println(~5)
def x = 5
println(-x)
println(-(-x))
def l = [3]
println(-l[0])
println(-1.5)
println(-'abc'.size())
