for (int i = 0; i < 10; i++) { if (i == 3) i = 7; print i }
println()
for (x in [1, 2]) { x = x * 10; print x }
println()
