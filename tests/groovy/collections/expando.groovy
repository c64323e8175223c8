def e = new Expando(a: 1)
e.b = 2
e.hello = { "hi $it" }
e.sum = { -> a + b }
println e.a + e.b
println e.hello('x')
println e.sum()
println e.missing
