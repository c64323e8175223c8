println 9223372036854775807 + 1
println Long.MAX_VALUE * 2
long n = Long.MIN_VALUE
n--
println n
println 2147483647L + 1
println 2147483647 + 1L
