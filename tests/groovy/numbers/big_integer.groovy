def n = 2G ** 100
println n
println n.class
println n + 1
println n.mod(1000G)
println n.bitLength()
println 12345678901234567890 * 98765432109876543210
println n.toString().size()
println new BigInteger('ff', 16)
println n.gcd(48G)
println 7G.modPow(128G, 13G)
println 100G.pow(5)
println n.negate()
println 10G.compareTo(9G)
