def base = [a: 1, b: 2]
println([*: base, c: 3])
println([a: 9, *: base])
def f(Map m) { m }
println f(*: base, z: 26)
println([*: [:], x: 1])
