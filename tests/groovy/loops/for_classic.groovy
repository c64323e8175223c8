for (int i = 0; i < 3; i++) print i
println()
for (int i = 10; i > 0; i -= 3) print i + ' '
println()
int j = 0
for (; j < 2; ) { j++ }
println j
for (def l = [1, 2, 3]; l; l = l.tail()) print l
println()
