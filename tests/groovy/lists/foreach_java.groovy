[1, 2].forEach { print it }
println()
[a: 1].forEach { k, v -> print k + v }
println()
[3, 1].sort(new Comparator() { int compare(a, b) { b <=> a } }).each { print it }
println()
def l = ['a', 'b']
l.replaceAll { it.toUpperCase() }
println l
l.sort(Collections.reverseOrder())
println l
