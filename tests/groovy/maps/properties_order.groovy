def p = new Properties()
p.load(new StringReader('version=1.2.3\nname=demo\ngroup=com.acme\nenabled=true\n'))
println p
p.each { k, v -> println "$k -> $v" }
println p.keySet()
println p.values()
println p.entrySet()
println p.stringPropertyNames()
println p.propertyNames().toList()
println p.collect { k, v -> k }
p.b = '2'; p.a = '1'; p.c = '3'
println p
p.remove('name')
println p
println p.clone()
def h = new Hashtable([x: 1, y: 2, z: 3, aa: 4, key: 5])
println h
println h.keys().toList()
println h.elements().toList()
println h.keySet()
def big = new Properties()
(1..30).each { big.setProperty("key$it", "$it") }
println big
println big.keySet()
println new Hashtable()
println new HashMap(p)
println p.sort()
println p.find { k, v -> v == '3' }
println p.inject('') { acc, e -> acc + e.key }
println p as Map
def i = new Hashtable(); i[1]='a'; i[2]='b'; i[10]='c'; i[11]='d'; i[22]='e'
println i
def defaults = new Properties(); defaults.host = 'local'
def with = new Properties(defaults)
with.port = '80'
println([with, with.getProperty('host'), with.host, with.size(), with.stringPropertyNames() as TreeSet])
def many = new java.util.concurrent.ConcurrentHashMap()
[11, 12, 13, 24, 25, 49, 120].each { n ->
    many.clear()
    def fresh = new java.util.concurrent.ConcurrentHashMap()
    def loaded = new Properties()
    n.times { fresh["item.$it".toString()] = it; loaded.setProperty("some.${it * 7}.name", "$it") }
    println fresh.keySet()
    println loaded.keySet()
    println new java.util.concurrent.ConcurrentHashMap(fresh).keySet()
    println loaded.clone().keySet()
    def all = new Properties()
    all.putAll(loaded)
    println all.keySet()
}
['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'BBAa', 'x', 'AaAaAa', 'BBBBBB', 'AaBBAa', 'y', 'z', 'k1', 'k2', 'k3', 'k4'].inject(new Properties()) { p2, k -> p2[k] = k; println p2.keySet(); p2 }
