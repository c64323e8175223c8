println 2147483647 + 1
println 1000000 * 1000000
println((-2147483648) - 1)
int i = Integer.MAX_VALUE
i++
println i
println Integer.MIN_VALUE.abs()
println(-Integer.MIN_VALUE)
