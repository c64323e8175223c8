println([z: 1, a: 2, m: 3].keySet())
println(new TreeMap([z: 1, a: 2, m: 3]))
println(new HashMap([zebra: 1, apple: 2, mango: 3, kiwi: 4, banana: 5]))
println(['zebra', 'apple', 'mango', 'kiwi', 'banana'] as HashSet)
def h = new HashMap()
(1..20).each { h["key$it".toString()] = it }
println h.keySet()
