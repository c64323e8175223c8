// Calls of a script's method: the naive Fibonacci numbers.
def fib(n) { n < 2 ? n : fib(n - 1) + fib(n - 2) }
println fib(27)
