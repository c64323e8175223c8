def f(a, b, c) { "$a-$b-$c" }
def l = [1, 2]
println([0, *l, 3])
println f(*l, 9)
println f(*[1, 2, 3])
println([*1..3, *['x']])
println([*l, *l].size())
