def l = [1, 2, 3]
l[0] = 'a'
l[5] = 'f'
println l
l[-1] = 'last'
println l
l[1..2] = ['x']
println l
l[0..<0] = [9, 8]
println l
l.set(0, 7)
println l
l.putAt(1, 6)
println l
