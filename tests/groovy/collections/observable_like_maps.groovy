def m = new LinkedHashMap([b: 1])
m.putAll([a: 2])
println m
println m.entrySet().iterator().next().key
def weak = new WeakHashMap()
weak.put('a', 1)
println weak.size()
def id = new IdentityHashMap()
id.put('k', 1)
println id.get('k')
def ht = new Hashtable([x: 1])
println ht.x
