println 1 + 2 * 3
println((1 + 2) * 3)
println 2 ** 3 * 2
println 10 - 4 - 3
println 1 + 2 == 3
println true || false && false
println !true || true
println 1 << 2 + 1
println((5 & 6) == 4 ? "a" : "b")
println 2 + 3 + 'x' + 2 + 3
println 10 / 2 * 5
println 7 % 4 * 2
println(-2 ** 2)
println(~1 + 1)
