def f(x) { switch (x) { case 'a': 'A'; break; case 'b': 'B'; break; default: '?' } }
println f('a')
println f('b')
println f('c')
def g(x) { switch (x) { case 1: return 'one' }; 'none' }
println g(1)
println g(2)
