def l = [1]
l << l.size()
println l
l.addAll(l)
println l
println l.toString()
println l.inspect()
