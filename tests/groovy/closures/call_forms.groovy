def c = { a = 1 -> a + 1 }
println c(1)
println c.call(1)
println c.call()
println c.doCall(4)
def m = [f: c]
println m.f(10)
println m['f'](20)
def list = [{ 'x' }, { 'y' }]
println list[1].call()
println list*.call()
println(({ it }).call('immediate'))
