println([:] ? 'full' : 'empty')
println([a: null] ? 'full' : 'empty')
Map m = null
println m?.a
println (m ?: [:])
println m?.get('x')?.foo()
