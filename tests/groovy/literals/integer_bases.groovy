println 0xFF
println 0b1010
println 017
println 0x7fffffff
println 0xCAFE_BABEL
println 1_000_000
println 0b1111_0000
println((-0x10))
