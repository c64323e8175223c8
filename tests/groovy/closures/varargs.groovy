def f = { Object... xs -> xs.size() }
println f()
println f(1)
println f(1, 2, 3)
def g = { String a, int... rest -> a + rest.sum() }
println g('s', 1, 2)
