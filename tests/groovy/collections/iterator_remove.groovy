// remove() of an iterator takes the element out of what it goes over; keys, values and entries are their map's.
def list = [1, 2, 3, 4]
def each = list.iterator()
while (each.hasNext()) {
    if (each.next() % 2 == 0) {
        each.remove()
    }
}
println list

def map = [a: 1, b: 2, c: 3, d: 4]
def entries = map.entrySet().iterator()
entries.next()
entries.remove()
println map
def keys = map.keySet().iterator()
keys.next()
keys.remove()
println map
def values = map.values().iterator()
values.next()
values.remove()
println map
def own = map.iterator()
println own.next().key
own.remove()
println map

for (set in [[3, 1, 2] as LinkedHashSet, new TreeSet([3, 1, 2]), [3, 1, 2] as HashSet]) {
    def of = set.iterator()
    println of.next()
    of.remove()
    println set
}
def sorted = new TreeMap([b: 1, a: 2])
def first = sorted.keySet().iterator()
println first.next()
first.remove()
println sorted

def begun = [1, 2].iterator()
try {
    begun.remove()
} catch (IllegalStateException e) {
    println e.class.simpleName
}
def changed = [1, 2, 3]
def late = changed.iterator()
late.next()
changed << 4
try {
    late.next()
} catch (ConcurrentModificationException e) {
    println e.class.simpleName
}
def fixed = [1, 2].asImmutable().iterator()
fixed.next()
try {
    fixed.remove()
} catch (UnsupportedOperationException e) {
    println e.class.simpleName
}
println 'ab'.iterator().collect { it }
println(([1, 2] as int[]).iterator().next())
println((1..3).iterator().toList())
def linked = new LinkedList([1, 2])
def end = linked.iterator()
end.next()
end.remove()
println linked
