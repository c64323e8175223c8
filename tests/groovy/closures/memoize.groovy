int calls = 0
def slow = { calls++; it * it }.memoize()
println slow(4)
println slow(4)
println calls
slow(5)
println calls
