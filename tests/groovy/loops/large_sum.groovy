long total = 0
for (int i = 0; i < 100000; i++) { total += i % 7 }
println total
int n = 27, steps = 0
while (n != 1) { n = n % 2 == 0 ? n.intdiv(2) : 3 * n + 1; steps++ }
println steps
