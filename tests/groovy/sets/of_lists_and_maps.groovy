def s = [[1, 2], [1, 2], [2, 1]] as Set
println s.size()
println s.contains([2, 1])
def t = [[a: 1], [a: 1]] as Set
println t
