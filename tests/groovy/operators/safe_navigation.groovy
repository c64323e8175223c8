def n = null
println n?.foo
println n?.foo()
println n?.a?.b?.c
println n?.a?.b()
def m = [a: null]
println m.a?.b
println m?.a
println m.zz?.yy?.xx
println 'abc'?.size()
def list = [null, 'x']
println list.collect { it?.toUpperCase() }
println list*.toUpperCase()
