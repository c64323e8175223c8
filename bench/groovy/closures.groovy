// Closures: each, collect, findAll, inject, curry, composition.
def add = { a, b -> a + b }
def twice = { it * 2 }
def both = twice >> { it + 1 }
long total = 0
200.times { n ->
    total += (1..500).collect(both).findAll { it % 3 == 0 }.inject(0) { s, x -> s + x }
    total += add.curry(n)(n)
}
def counter = { def n = 0; { -> ++n } }()
100000.times { counter() }
println "$total ${counter()}"
