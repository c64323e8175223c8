def greet(String name = 'world', int n = 1) { ("hi $name " * n).trim() }
println greet()
println greet('bob')
println greet('bob', 2)
