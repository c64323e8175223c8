def l = [1, 2, 3, 4]
Collections.swap(l, 0, 3)
println l
Collections.rotate(l, 1)
println l
Collections.reverse(l)
println l
Collections.shuffle(l, new Random(42))
println l
println l.swap(0, 1)
