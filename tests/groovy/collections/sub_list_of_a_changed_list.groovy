// A part whose list was changed behind it cannot be used any more, whatever is asked of it.
def trial = { String what, Closure body ->
    def list = [1, 2, 3, 4, 5]
    def part = list.subList(1, 3)
    list << 6
    try {
        println "$what: ${body(part)}"
    } catch (e) {
        println "$what: $e"
    }
}
trial('size') { it.size() }
trial('get') { it.get(0) }
trial('index') { it[0] }
trial('set') { it[0] = 1 }
trial('add') { it.add(1) }
trial('shift') { it << 1 }
trial('text') { it.toString() }
trial('in a text') { "$it" }
trial('in a list') { [it].toString() }
trial('equals') { it == [2, 3] }
trial('equals, from the other side') { [2, 3] == it }
trial('hash') { it.hashCode() }
trial('loop') { for (x in it) { println x } }
trial('each') { it.each { println it } }
trial('collect') { it.collect { it } }
trial('iterator') { it.iterator().next() }
trial('contains') { it.contains(2) }
trial('plus') { [0] + it }
trial('addAll') { def l = []; l.addAll(it); l }
trial('new ArrayList') { new ArrayList(it) }
trial('spread') { [*it] }
trial('json') { groovy.json.JsonOutput.toJson(it) }
trial('clear') { it.clear() }
trial('sort') { Collections.sort(it) }
trial('subList') { it.subList(0, 1) }
trial('truth') { it ? 'yes' : 'no' }
trial('is') { it.is(it) }
trial('class') { it.getClass().simpleName }
trial('kept') { [it].size() }
trial('join') { it.join(',') }
trial('sum') { it.sum() }
trial('deconstruct') { def (a, b) = it; a }

// Changes that do not change the size of the list, and those while it is looped over.
def list = [3, 2, 1]
def part = list.subList(0, 2)
list[0] = 4
println part
list.set(1, 5)
println part
list.sort()
try { println part } catch (e) { println e }
def looped = [1, 2, 3, 4]
try {
    for (x in looped.subList(0, 3)) { if (x == 1) looped << 5 }
} catch (e) { println e }
try {
    def p = looped.subList(0, 3)
    for (x in p) { if (x == 1) p.remove(0) }
} catch (e) { println e }
def outer = [1, 2, 3, 4, 5, 6]
def p1 = outer.subList(0, 5)
def p2 = p1.subList(1, 4)
p1.add(9)
try { println p2 } catch (e) { println e }
println p1
def p3 = outer.subList(0, 2)
p1.add(10)
try { p3.size() } catch (e) { println e }
