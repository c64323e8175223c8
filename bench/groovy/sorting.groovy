// Sorting with comparators, keys and natural order.
def seed = 42L
def next = { seed = (seed * 1103515245L + 12345L) & 0x7fffffffL; (int) (seed >> 8) % 100000 }
def numbers = []
20000.times { numbers << next() }
def sorted = numbers.sort(false)
def down = numbers.sort(false) { a, b -> b <=> a }
def byDigits = numbers.sort(false) { it % 1000 }
def people = numbers.take(5000).collect { [name: "n${it % 100}".toString(), age: it % 80] }
def order = people.sort(false) { a, b -> a.age <=> b.age ?: a.name <=> b.name }
println "${sorted[0]} ${down[0]} ${byDigits[0]} ${order[0]} ${numbers.max()} ${numbers.unique(false).size()}"
