def f(String s) { 'string' }
def f(int i) { 'int' }
def f(List l) { 'list' }
def f(Map m) { 'map' }
def f(Closure c) { 'closure' }
println f('a') + f(1) + f([]) + f([:]) + f { }
println f(a: 1)
