def people = [[n: 'bob', a: 30], [n: 'ann', a: 30], [n: 'joe', a: 25]]
println people.sort(false) { it.a }*.n
println people.sort(false) { x, y -> x.a <=> y.a ?: x.n <=> y.n }*.n
println people.sort(false) { [it.a, it.n] }*.n.size()
println people.sort(false, { x, y -> y.a <=> x.a })*.n
println people.toSorted { it.n }*.n
