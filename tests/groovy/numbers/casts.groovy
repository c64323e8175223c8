println((int) 3.9)
println((int) -3.9d)
println((long) 1e18)
println((byte) 200)
println((short) 70000)
println((int) 3000000000L)
println((char) 65)
println((int) ('A' as char))
println((double) 1)
println((float) 0.1d)
println((BigDecimal) 5)
println 3.7 as int
println '42' as Integer
println '42' as Long
println '1.5' as BigDecimal
println '2.5' as Double
println 65 as char
