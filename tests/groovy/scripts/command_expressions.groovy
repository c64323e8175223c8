def say(x) { println "said $x" }
def two(a, b) { println "$a and $b" }
def opt(Map m, x = null) { println "$m $x" }
def block(n, Closure c) { println "$n ${c()}" }
say 'hi'
say 1 + 2
two 1, 2
opt a: 1
opt a: 1, 'pos'
block 'x', { 'closure' }
block('y') { 'trailing' }
say([1, 2])
say ([3])
def r = { it -> it }
println r(5)
