println 'a' + 1
println 1 + 'a'
println([1] + 2)
println([1] + [2])
println([a: 1] + [b: 2])
println 'a' + [1]
println 'a' + null
println([1] + null)
println(new Date(0) + 1 > new Date(0))
println 'x' + 1.5 + true
println 'a' + ('b' as char)
