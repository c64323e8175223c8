// unique, minus and intersect of lists that are long enough for a faster way, of one class and of several.
def ints = (1..12).collect { it % 5 }
println ints.unique(false)
println ints - [1, 3, 99]
println ints.intersect([3, 1, 7])
def longs = ints.collect { it as long }
println longs.unique(false)
println longs - [1, 3]
println longs - [1L, 3L]
println longs.intersect([3, 1])
println longs.intersect([3L, 1L])
def texts = ('a'..'m').collect { it + (it < 'g' ? 'é' : '') } * 2
println texts.unique(false)
println texts - ['aé', 'm', 'q']
println texts.intersect(['m', 'aé'] as Set)
println texts.intersect(['m', 'aé', 'zz'])
def mixed = [1, 1L, 1.0, 'x', "x", "${'x'}", 'x' as char, null, null, 2, 2G, 'y']
println mixed.unique(false)
println mixed - [1, 'x']
println mixed.intersect([2, 'y', null])
def own = texts.collect()
println own.unique().is(own)
println own
def set = texts as LinkedHashSet
println set - ['b', 'bé', 'm']
println set.intersect(texts.take(3))
println ints.toUnique()
println(([null] * 10).unique(false))
println(ints - [])
println((1..20).toList() - (5..18).toList())
