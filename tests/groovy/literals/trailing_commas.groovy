println([1, 2,])
println([a: 1, b: 2,])
