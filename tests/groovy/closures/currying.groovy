def f = { a, b, c -> "$a$b$c" }
println f.curry(1)(2, 3)
println f.curry(1, 2)(3)
println f.rcurry(9)(1, 2)
println f.ncurry(1, 'x')('a', 'c')
def add = { a, b -> a + b }
println([1, 2].collect(add.curry(10)))
println add.curry(1).maximumNumberOfParameters
