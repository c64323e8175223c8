println 1.10 + 2.20
println 1.1d + 2.2d
println 0.1 + 0.2
println 0.1d + 0.2d
println 0.1 + 0.2 == 0.3
println 0.1d + 0.2d == 0.3d
println 1.10 * 2
println 1.5 * 1.5
println 10.0 - 0.05
println 3.000
println(-1.50)
println 2.50 - 2.5
