// What an iterator of a sorted map or set takes away does not make it pass over the next one.
def map = new TreeMap([a: 1, b: 2, c: 3, d: 4])
def i = map.entrySet().iterator()
i.next()
i.remove()
println i.next().key
i.remove()
println map
def set = new TreeSet([1, 2, 3, 4, 6, 8, 9])
def j = set.iterator()
while (j.hasNext()) {
    if (j.next() % 2 == 0) j.remove()
}
println set
def k = map.keySet().iterator()
while (k.hasNext()) {
    k.next()
    k.remove()
}
println map
def three = new TreeMap([a: 1, b: 2, c: 3])
try {
    for (e in three) { if (e.key == 'b') three.remove('b') }
    println 'no exception'
} catch (e) { println e }
for (e in three) { if (e.key == 'c') three.remove('c') }
println three
three.keySet().retainAll(['x'])
println three
def more = new TreeMap([e: 2, g: 1, b: 2, a: 9, d: 2])
more.keySet().retainAll(['a', 'c', 'e'])
println more
more.values().removeAll([2])
println more
