println Collections.nCopies(3, 'x')
println([0] * 4)
def l = [1, 2, 3]
Collections.fill(l, 0)
println l
println new ArrayList(Collections.nCopies(2, 1))
