def f(Map m, String s) { "$m $s" }
println f(a: 1, 'pos')
println f('pos', a: 1, b: 2)
println f([c: 3], 'x')
def g(Map opts = [:]) { opts.size() }
println g()
println g(a: 1)
def h(Map o, Closure c) { c(o) }
println h(k: 'v') { it.k }
