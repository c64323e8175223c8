int i = 0
while (i < 3) { print i; i++ }
println()
while (true) { if (i-- <= 0) break }
println i
def l = [1, 2, 3]
while (l) l.remove(0)
println l
