println 'a' in 'a'
println 'a' in ['a', 'b']
println 'x' in [x: 1]
println 'abc' in String
println 'abc'.isCase('abc')
