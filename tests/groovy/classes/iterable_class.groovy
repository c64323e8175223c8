class Numbers implements Iterable<Integer> {
    int n
    Iterator<Integer> iterator() { (1..n).iterator() }
}
def ns = new Numbers(n: 4)
for (x in ns) print x
println()
println ns.collect { it * 2 }
println ns.findAll { it % 2 == 0 }
println ns.sum()
println ns.toList()
println ns.any { it == 3 }
println ns.join(',')
println ns.first()
