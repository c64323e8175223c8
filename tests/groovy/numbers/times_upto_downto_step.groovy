3.times { print it }
println()
1.upto(4) { print it }
println()
4.downto(1) { print it }
println()
0.step(10, 3) { print it + ' ' }
println()
10.step(0, -4) { print it + ' ' }
println()
0.times { print 'never' }
1.0.upto(3.0) { print it + ' ' }
println()
println 3.times { }
