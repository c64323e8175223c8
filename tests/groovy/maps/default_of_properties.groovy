// A default closure makes the value of a property as it does that of an index.
def lists = [:].withDefault { [] }
lists.fruit << 'apple'
lists.fruit << 'pear'
lists.empty
println lists

def counts = [a: 1].withDefault { 0 }
counts.a += 1
counts.b += 1
counts.c++
println counts

def named = [:].withDefault { key -> key.toUpperCase() }
def read = { "$first $second" }
read.delegate = named
read.resolveStrategy = Closure.DELEGATE_FIRST
println read()
println named
println named.with { third }
println([named]*.fourth)
println named?.fifth
named.put('sixth', null)
println named.sixth
println named

def nested
nested = { [:].withDefault { nested() } }
def tree = nested()
tree.a.b.c = 1
tree.a.d = 2
println tree

def failing = [:].withDefault { throw new IllegalStateException("no $it") }
try {
    failing.key
} catch (IllegalStateException e) {
    println e.message
}
println failing
