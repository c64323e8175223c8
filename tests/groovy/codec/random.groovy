def r = new Random(42)
println r.nextInt()
println r.nextInt(100)
println r.nextLong()
println r.nextBoolean()
println r.nextDouble()
println r.nextFloat()
println r.nextGaussian()
println((1..5).collect { new Random(it).nextInt(10) })
def s = new Random(7)
println((1..8).collect { s.nextInt(16) })
def b = new byte[4]
new Random(1).nextBytes(b)
println b
println new Random().nextInt(5) < 5
