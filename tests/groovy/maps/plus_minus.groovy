println([a: 1] + [b: 2])
println([a: 1] + [a: 2])
def m = [a: 1]
def n = m + [c: 3]
println m
println n - [a: 1]
println([a: 1, b: 2] - [a: 9])
m += [z: 26]
println m
m << [q: 1]
println m
println m.plus([:])
