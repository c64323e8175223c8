// Classes that extend collections have fields, instances around them and captured variables like any other class.
class Versions extends ArrayList {
    int count = 3
    String last
    def push(String v) { count++; last = v; add(v); "$last$count" }
}
def versions = new Versions()
println versions.push('a') + versions.push('b')
println versions
println versions.getCount()

class Counter extends HashMap {
    int n = 3
    def next() { n++; put('n', n); n }
}
def counter = new Counter()
println counter.next() + counter.next()
println counter
println counter.n

class Sorted extends TreeMap {
    def step = 2
    def twice() { step * 2 }
}
println new Sorted().twice()

class Names extends HashSet {
    String prefix = 'x'
    boolean add(Object name) { super.add(prefix + name) }
}
def names = new Names()
names.add('y')
println names

class Manifest {
    String version
    class Components extends HashMap<String, Object> {
        Components(List list) {
            list.each { this[it] = it + '-' + label() }
        }
    }
    class Order extends ArrayList {
        Order(first) { add(first); add(label()) }
    }
    String label() { 'v' + version }
    Components components() { new Components(['core', 'plugin']) }
    Order order() { new Order(7) }
}
def manifest = new Manifest(version: '1.2')
println manifest.components()
println manifest.order()

def offset = 4
def shifted = new ArrayList() {
    def factor = 10
    boolean add(Object x) { super.add(x * factor + offset) }
}
shifted.add(1)
println shifted

versions[0] = 'c'
versions[3] = 'd'
println versions
counter['k'] = 1
counter.put('l', 2)
println counter['k'] + counter['l']
class Loud extends HashMap {
    Object put(Object key, Object value) { super.put(key, value.toString().toUpperCase()) }
}
def loud = new Loud()
loud['a'] = 'x'
loud.b = 'y'
println loud
class Told extends HashMap {
    Object get(Object key) { 'told ' + super.get(key) }
}
def told = new Told()
told.put('a', 1)
println told['a'] + told.a
println versions[0] + versions[-1] + versions[0..1] + versions[7]
