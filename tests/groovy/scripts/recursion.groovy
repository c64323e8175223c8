def fact(n) { n <= 1 ? 1 : n * fact(n - 1) }
println fact(10)
println fact(25G)
def flat(l) { l.collectMany { it instanceof List ? flat(it) : [it] } }
println flat([1, [2, [3, [4]]]])
def hanoi(n, a, b, c) { n == 0 ? 0 : hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a) }
println hanoi(8, 'a', 'b', 'c')
