println 1.0d / 3
println 1 / 3.0f
println 1.0d / 0
println(-1.0d / 0)
println 0.0d / 0
println 7 / 2d
println 10f / 4
