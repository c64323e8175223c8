def sieve = (0..50).collect { it > 1 }
for (int i = 2; i * i <= 50; i++) if (sieve[i]) for (int j = i * i; j <= 50; j += i) sieve[j] = false
println((0..50).findAll { sieve[it] })
