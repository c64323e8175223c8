def local = 1
global = 2
def f() { global + 1 }
println f()
def g() { try { local } catch (MissingPropertyException e) { 'not visible' } }
println g()
global++
println f()
println binding.variables.containsKey('global')
println binding.hasVariable('local')
