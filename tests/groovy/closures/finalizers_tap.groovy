def x = [1, 2, 3].with { def s = sum(); [s, size()] }
println x
def list = []
list.with { add 1; add 2 }
println list
println((list.identity { it.size() }))
