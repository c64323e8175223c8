def a = 2, b = 4
println((a..b).toList())
println((a - 1..b + 1).toList())
println((a..<b).size())
def list = ['x', 'y', 'z']
println list[0..<list.size()]
println((0..<list.size()).collect { "$it${list[it]}" })
for (i in 0..list.size() - 1) print list[i]
println()
