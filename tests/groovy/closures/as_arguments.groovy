def apply(x, Closure c) { c(x) }
println apply(5) { it + 1 }
println apply(5, { it * 2 })
def twice(Closure c) { c(); c() }
twice { print 'x' }
println()
def opts(Map m, Closure c) { "$m ${c()}" }
println opts(a: 1) { 'body' }
def both(Closure a, Closure b) { a() + b() }
println both({ 1 }, { 2 })
println both({ 1 }) { 2 }
