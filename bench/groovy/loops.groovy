// Loops and whole numbers: sum of digits, remainders, a sieve.
int limit = 200000
boolean[] composite = new boolean[limit + 1]
int primes = 0
for (int i = 2; i <= limit; i++) {
    if (composite[i]) continue
    primes++
    for (long j = (long) i * i; j <= limit; j += i) composite[(int) j] = true
}
long digits = 0
for (int i = 1; i <= 300000; i++) {
    int n = i
    while (n > 0) {
        digits += n % 10
        n = n.intdiv(10)
    }
}
println "$primes $digits"
