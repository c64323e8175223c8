def fact
fact = { n -> n <= 1 ? 1 : n * fact(n - 1) }
println fact(5)
println fact(20G)
def fib = { n -> n < 2 ? n : call(n - 1) + call(n - 2) }
println fib(10)
