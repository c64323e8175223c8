@Singleton class One { int n = 1; def next() { n++ } }
println One.instance.n
One.instance.next()
println One.instance.n
println One.getInstance().is(One.instance)
try { new One() } catch (RuntimeException e) { println e.message }
@Singleton(lazy = true, strict = false) class Late { static log = []; Late() { log << 'made' } ; String v = 'x' }
println Late.log
println Late.instance.v
println Late.log
@Singleton(property = 'only') class Other { String v = 'o' }
println Other.only.v
@Singleton(strict = false) class Free { String s = 'f'; Free() { s = 'c' } }
println Free.instance.s
println new Free().is(Free.instance)
