println 6 & 3
println 6 | 3
println 6 ^ 3
println ~6
println 1 << 4
println 1 << 33
println(-16 >> 2)
println(-16 >>> 28)
println 1L << 40
println 0xFF & 0x0F
println 5G & 4G
println(-1 >>> 1)
def flags = 0
flags |= 4
flags |= 1
flags &= ~4
flags ^= 8
flags <<= 1
println flags
