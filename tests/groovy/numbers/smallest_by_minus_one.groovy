// The one quotient that does not fit the type of its operands.
println(-2147483648 / -1)
println((-2147483648).intdiv(-1))
println(-2147483648 % -1)
int i = -2147483648
int minus = -1
println(i / minus)
println(i % minus)
i /= minus
println i
println(Long.MIN_VALUE / -1)
println(Long.MIN_VALUE.intdiv(-1L))
println(Long.MIN_VALUE % -1L)
println Math.floorDiv(-2147483648, -1)
println Math.floorMod(Long.MIN_VALUE, -1L)
