def l = [1, 2, 3, 4]
println l.subList(1, 3)
println l.subList(0, 0)
