println 'a'.concat('b')
println 'a' + 1
println 'a' + null
println 'a' + [1]
println 1 + 'a'
println 'a' + 1 + 2
println 1 + 2 + 'a'
println 'a'.plus('b')
println 'a' + 'b' as char
println('' + true + 1.50 + 'c')
