def two = { a, b -> "$a-$b" }
println two([1, 2])
println([[1, 2], [3, 4]].collect(two))
def one = { it }
println one([1, 2])
println([[1, [2, 3]]].collect { a, b -> b })
[[1, 'x']].each { n, s -> println n + s }
