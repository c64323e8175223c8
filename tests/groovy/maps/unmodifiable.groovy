def m = [a: 1].asImmutable()
try { m.b = 2 } catch (UnsupportedOperationException e) { println 'refused' }
def u = Collections.unmodifiableMap([a: 1])
try { u.put('b', 1) } catch (UnsupportedOperationException e) { println 'refused' }
println u.a
println Collections.emptyMap()
println Collections.singletonMap('k', 'v')
