println 7.intdiv(2)
println((-7).intdiv(2))
println 7 % 3
println(-7 % 3)
println 7 % -3
println 7.5d % 2
println 10L % 4
println 7.mod(4)
println 12G % 5
