// What cannot be changed through a view still shows what its owner does.
def list = [1, 2]
def fixed = Collections.unmodifiableList(list)
def immutable = list.asImmutable()
list << 3
println "$fixed $immutable"
list[0] = 10
println "$fixed $immutable ${fixed.size()} ${immutable[0]}"
def refused = { Closure c -> try { c(); println 'done' } catch (e) { println e } }
refused { fixed << 1 }
refused { fixed.add(1) }
refused { fixed[0] = 1 }
refused { fixed.remove(0) }
refused { fixed.clear() }
refused { fixed.sort() }
refused { immutable.addAll([1]) }
refused { fixed.iterator().with { next(); remove() } }
refused { Collections.sort(fixed) }
refused { Collections.reverse(fixed) }
refused { fixed.subList(0, 1).clear() }
refused { fixed.removeAll { true } }
println fixed == list
println list == fixed
println fixed.hashCode() == list.hashCode()
println fixed.sum()
def loop = fixed.iterator()
list << 4
try { loop.next() } catch (e) { println e }

def map = [a: 1]
def fixedMap = Collections.unmodifiableMap(map)
def immutableMap = map.asImmutable()
map.b = 2
map.a = 11
println "$fixedMap $immutableMap ${fixedMap.size()} ${fixedMap.b} ${immutableMap['a']} ${fixedMap.containsKey('b')}"
println "${fixedMap.keySet()} ${fixedMap.values()} ${fixedMap.entrySet()}"
refused { fixedMap.c = 3 }
refused { fixedMap['c'] = 3 }
refused { fixedMap.put('c', 3) }
refused { fixedMap.remove('a') }
refused { fixedMap.clear() }
refused { fixedMap.keySet().clear() }
refused { fixedMap.keySet().remove('a') }
refused { fixedMap.values().remove(2) }
refused { fixedMap.entrySet().iterator().next().value = 4 }
refused { fixedMap.entrySet().iterator().with { next(); remove() } }
refused { fixedMap.putAll([d: 1]) }
refused { immutableMap << [d: 1] }
println fixedMap == map
println fixedMap.hashCode() == map.hashCode()
map.clear()
println "$fixedMap ${fixedMap.isEmpty()}"
(1..20).each { map["k$it"] = it }
println fixedMap.k20
println fixedMap.findAll { it.value > 18 }
map.remove('k1')
println fixedMap.containsKey('k1')

def set = [1, 2] as Set
def fixedSet = Collections.unmodifiableSet(set)
def immutableSet = set.asImmutable()
set << 3
println "$fixedSet $immutableSet ${3 in fixedSet} ${fixedSet.contains(3)}"
refused { fixedSet << 4 }
refused { fixedSet.remove(1) }
refused { fixedSet.clear() }
set.remove(1)
println "$fixedSet ${fixedSet.size()} ${fixedSet == set} ${set == fixedSet}"

def hashed = new HashMap([one: 1, two: 2, three: 3])
def fixedHashed = Collections.unmodifiableMap(hashed)
hashed.four = 4
hashed.five = 5
println fixedHashed
println fixedHashed == hashed
def hashSet = new HashSet(['one', 'two', 'three'])
def fixedHashSet = Collections.unmodifiableSet(hashSet)
hashSet << 'four'
println fixedHashSet
def sorted = new TreeMap([b: 2, a: 1])
def fixedSorted = sorted.asImmutable()
sorted.aa = 5
println "$fixedSorted ${fixedSorted.firstKey()} ${fixedSorted.lastKey()}"
refused { fixedSorted.c = 1 }
def sortedSet = new TreeSet([3, 1])
def fixedSortedSet = sortedSet.asImmutable()
sortedSet << 2
println "$fixedSortedSet ${fixedSortedSet.first()}"
refused { fixedSortedSet << 7 }
def any = Collections.unmodifiableCollection(list)
list << 50
println any
refused { any << 1 }
println Collections.synchronizedList(list).with { it << 51; list }
println Collections.synchronizedMap(map).with { it.put('s', 1); map.s }
def nested = [x: fixed, y: fixedMap]
list << 60
println nested.x
println groovy.json.JsonOutput.toJson(nested.x)
println fixedHashed.collectEntries { k, v -> [v, k] }.keySet().sort()
println new HashMap(fixedHashed) == hashed
def copy = new ArrayList(fixed)
copy << 1
println copy.size() - fixed.size()
