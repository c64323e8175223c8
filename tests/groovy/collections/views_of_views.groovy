// Views of views, many times: they show what the first one shows, and write to it.
def list = [1, 2, 3]
def whole = list, part = list
300.times { whole = Collections.unmodifiableList(whole) }
300.times { part = part.subList(0, part.size()) }
list.set(0, 9)
println whole
println part
part.add(4)
println "$list $part"
try { whole.add(5) } catch (UnsupportedOperationException e) { println 'whole: not changed' }

def inner = list.subList(1, 4).subList(0, 2)
inner.clear()
println "$list $inner"
def mixed = list
100.times { mixed = Collections.unmodifiableList(mixed.subList(0, 2)) }
println mixed
try { mixed.subList(0, 1).clear() } catch (UnsupportedOperationException e) { println 'mixed: not changed' }

def tree = new TreeMap(a: 1, b: 2, c: 3, d: 4)
def turned = tree, narrow = tree
301.times { turned = turned.descendingMap() }
300.times { narrow = narrow.headMap('d', false).tailMap('b', true) }
tree.c = 33
tree.bb = 22
println turned
println narrow
narrow.remove('b')
turned.put('e', 5)
println tree
try { narrow.put('z', 1) } catch (IllegalArgumentException e) { println 'narrow: out of range' }
try { narrow.headMap('dd') } catch (IllegalArgumentException e) { println 'narrow: no wider' }

def both = tree
60.times { both = both.descendingMap().headMap('a', true).descendingMap().headMap('d', true) }
println both
println both.descendingMap().tailMap('c', false)
def fixed = Collections.unmodifiableSortedMap(tree.headMap('d'))
println fixed
try { fixed.headMap('c').clear() } catch (UnsupportedOperationException e) { println 'fixed: not changed' }

def set = new TreeSet([1, 2, 3])
def falling = set
101.times { falling = falling.descendingSet() }
set << 4
println falling
println falling.headSet(2, true)
println set.descendingSet().descendingSet().first()
