def l = [3, 1, 2]
println l.size()
println l[0]
println l[-1]
println l[5]
println l.get(1)
println l.first() + l.last()
println l.isEmpty()
println l.class.name
println l.contains(1)
println l.indexOf(2)
println l
