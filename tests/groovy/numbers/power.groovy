println 2 ** 10
println 2 ** 31
println 10 ** 20
println 2 ** -1
println 2.5 ** 2
println 2 ** 0.5
println((2 ** 10).class)
println((2 ** 31).class)
println((10 ** 20).class)
println((2 ** -1).class)
println((2.5 ** 2).class)
println 2L ** 3
println 2 ** 3 ** 2
println(-2 ** 2)
