def e = new MapEntry('x', 1)
println e
println e.key + e.value
println e == new MapEntry('x', 1)
println e.hashCode()
e.value = 2
println e
println new AbstractMap.SimpleEntry('y', 2)
def s = new AbstractMap.SimpleImmutableEntry('k', 'v')
println s
try { s.setValue('z') } catch (UnsupportedOperationException x) { println 'fixed' }
def entry = Map.&entry
println entry('a', 1)
println([k: 'v'].collect { it }[0].class.simpleName)
println(([a: 1].entrySet() as List)[0] == new AbstractMap.SimpleEntry('a', 1))
def (a, b) = [new MapEntry(1, 2)].collect { [it.key, it.value] }[0]
println a + b
println([a: 1, b: 2].max { it.value })
println([a: 1, b: 2].entrySet().toList().reverse())
println([a: 1].find { true }.toString())
println([a: 1, b: 2].sort { x, y -> y.value <=> x.value }.iterator().next())
println([new MapEntry('p', 'q')].collectEntries())
println([(1): null].entrySet().first())
