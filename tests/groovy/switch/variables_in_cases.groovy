def min = 3
def f = { x -> switch (x) { case { it < min }: 'below'; break; case min: 'equal'; break; case min + 1: 'next'; break; default: 'above' } }
println((2..5).collect(f))
