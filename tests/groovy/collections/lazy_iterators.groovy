// Groovy's methods of iterators take an element when they are asked for one: what was asked of the source stands beside each.
def asked = []

def source = { ->
    asked.clear()
    int n = 0
    [hasNext: { asked << 'has'; n < 4 }, next: { asked << 'next'; n++ }, remove: { }] as Iterator
}

def show = { String name, Closure make ->
    def from = source()
    def made = make(from)
    def line = "$name: made by ${asked.count('next')}"
    while (made.hasNext()) {
        asked.clear()
        line += ", ${made.next()} by ${asked.count('next')}"
    }
    println "$line, rest ${from.hasNext() ? from.next() : 'none'}"
}

show('take') { it.take(2) }
show('take 0') { it.take(0) }
show('drop') { it.drop(2) }
show('tail') { it.tail() }
show('init') { it.init() }
show('takeWhile') { it.takeWhile { it < 2 } }
show('dropWhile') { it.dropWhile { it < 2 } }
show('withIndex') { it.withIndex(5) }
show('indexed') { it.indexed() }
show('toUnique') { it.toUnique() }
show('toUnique by key') { it.toUnique { it % 2 } }
show('toUnique by comparator') { it.toUnique([compare: { a, b -> (a % 3) <=> (b % 3) }] as Comparator) }

// An endless one is no matter.
int n = 0
def endless = [hasNext: { true }, next: { n++ }] as Iterator
println endless.take(3).toList()
println endless.takeWhile { it < 6 }.toList()
println endless.drop(2).next()
println endless.withIndex().take(2).toList()
println endless.dropWhile { it < 20 }.next()
println endless.toUnique { it % 3 }.take(2).toList()

// Two of one source share it.
def shared = [1, 2, 3, 4].iterator()
def first = shared.take(2)
println([first.next(), shared.next(), first.next(), first.hasNext(), shared.next()])

for (Closure c in [{ [1].iterator().take(0).next() }, { [].iterator().tail() }, { [].iterator().init() },
                   { [1].iterator().takeWhile { false }.next() }]) {
    try {
        c()
    } catch (NoSuchElementException e) {
        println "no such element: ${e.message}"
    }
}
println([3, 1].iterator().take(-1).toList())

class Countdown implements Iterator<Integer> {
    int at = 3
    boolean hasNext() { at > 0 }
    Integer next() { at-- }
    void remove() { }
}
println new Countdown().take(2).toList()
println new Countdown().tail().toList()
println new Countdown().withIndex().collect { it[0] * it[1] }
