def t = new Tuple2('a', 1)
println t.first
println t.second
println t
println t[0]
def (x, y) = t
println y
println new Tuple(1, 2, 3).size()
