println 1 / 3
println 10 / 5
println 1 / 8
println 10.00 / 4
println 6.0 / 2
println 22 / 7
println 1000000 / 3
println 8 / 3 * 3
println((10 / 4).class)
println 7 / 2
println 2 / 3
println 1 / 7.000
println 100 / 3.0
println 5L / 2
