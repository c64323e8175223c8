println 1.class
println 2147483647.class
println 2147483648.class
println((-2147483648).class)
println 9223372036854775807.class
println 9223372036854775808.class
println 1L.class
println 1G.class
println 5i.class
