def s = Collections.unmodifiableSet([1] as Set)
try { s << 2 } catch (UnsupportedOperationException e) { println 'refused' }
def t = ([1] as Set).asImmutable()
try { t.add(2) } catch (UnsupportedOperationException e) { println 'refused' }
println s + 2
