// Parts of sorted maps and sets, and those in falling order, follow the whole and write to it.
def map = new TreeMap([a: 1, c: 3, e: 5, g: 7])
def head = map.headMap('e')
def tail = map.tailMap('c')
def middle = map.subMap('b', 'f')
def falling = map.descendingMap()
println "$head $tail $middle $falling"
map.d = 4
map.remove('c')
map.a = 11
println "$head $tail $middle $falling"
head.b = 2
middle.remove('e')
println "$map $head $tail $middle $falling"
try { head.z = 9 } catch (e) { println e }
try { head.put('e', 9) } catch (e) { println e }
try { tail.put('a', 9) } catch (e) { println e }
tail.put('z', 26)
falling.put('y', 25)
println "$map ${falling.firstKey()} ${falling.lastKey()} ${tail.firstKey()} ${head.lastKey()}"
println "${head.containsKey('z')} ${head.get('z')} ${head.get('a')} ${head.size()}"
head.clear()
println "$map $head ${head.isEmpty()}"
falling.remove('z')
println map
def i = tail.entrySet().iterator()
i.next()
i.remove()
println "$map $tail"
tail.entrySet().each { it.value = it.value * 10 }
println map
println "${tail.keySet()} ${tail.values()}"
tail.keySet().remove('y')
println map
map.putAll([a: 1, b: 2, c: 3, d: 4, e: 5])
println "${map.headMap('c', true)} ${map.tailMap('c', false)} ${map.subMap('a', false, 'd', true)}"
println map.headMap('d').headMap('c')
try { map.headMap('b').headMap('d') } catch (e) { println e }
println map.subMap('b', 'd').descendingMap()
println map.descendingMap().headMap('c')
println map.descendingMap().descendingMap()
println map.descendingKeySet()
println map.navigableKeySet()
println map.navigableKeySet().headSet('c')
map.descendingKeySet().remove('d')
println map
try { map.subMap('d', 'b') } catch (e) { println e }
println map.headMap('c') == [a: 1, b: 2]
println map.headMap('c').collect { k, v -> "$k$v" }
println map.headMap('c').hashCode() == [a: 1, b: 2].hashCode()

def byLength = new TreeMap({ a, b -> a.size() <=> b.size() } as Comparator)
byLength.putAll([x: 1, xxx: 3, xxxxx: 5])
def short_ = byLength.headMap('1234')
println short_
byLength.xx = 2
println short_
println byLength.descendingMap()

def set = new TreeSet([1, 3, 5, 7])
def low = set.headSet(5)
def high = set.tailSet(3)
def part = set.subSet(2, 6)
def down = set.descendingSet()
println "$low $high $part $down"
set << 4
set.remove(3)
println "$low $high $part $down"
low << 2
part.remove(5)
println "$set $low $high $part $down"
try { low << 9 } catch (e) { println e }
try { high.add(0) } catch (e) { println e }
println "${low.first()} ${low.last()} ${down.first()} ${low.contains(7)} ${high.size()}"
low.clear()
println "$set $low"
down << 10
println "$set $down"
low.addAll([0, 1])
println "$set $low"
low.removeAll([0])
println set
def walk = high.iterator()
walk.next()
walk.remove()
println set
println "${set.headSet(7, true)} ${set.tailSet(7, false)}"
println set.descendingSet().descendingSet()
println down.descendingIterator().toList()
println set.descendingIterator().toList()
low.pollFirst()
println set
for (x in down) print "$x "
println()
try { for (x in high) set << 100 + x } catch (e) { println e }
println low == ([] as Set)
