println 1.0E10d
println 1e7d
println 1e6d
println 12345678.9d
println 0.001d
println 0.0001d
println 100d
println 1.0E-5d
println 123456789012345680d
println 3.4028235e38f
println 1.1f
println 16777216f
println(-0.0d)
println Double.MAX_VALUE
println Double.MIN_VALUE
