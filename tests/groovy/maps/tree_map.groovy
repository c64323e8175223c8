def t = new TreeMap()
t['b'] = 2
t['a'] = 1
t['c'] = 3
println t
println t.firstKey()
println t.lastKey()
println t.headMap('b')
println t.tailMap('b')
println t.firstEntry()
println t.lastEntry().value
println t.floorKey('bb')
println t.ceilingKey('bb')
println t.higherKey('b')
println t.lowerKey('b')
println t.descendingMap()
println t.pollFirstEntry()
println t
println new TreeMap({ a, b -> b <=> a } as Comparator).with { put('x', 1); put('y', 2); it }
