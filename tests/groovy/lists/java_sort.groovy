// List.sort(Comparator) is Java's own and gives nothing; with a closure it is Groovy's and gives the list.
def l = [3, 1, 2]
println l.sort(new Comparator() { int compare(a, b) { b <=> a } })
println l
println l.sort({ a, b -> a <=> b } as Comparator)
println l
println l.sort { -it }
def natural = Comparator.&naturalOrder
println l.sort(natural())
println l
println l.sort(null)
println l
println l.sort(false, Collections.reverseOrder())
println(([3, 1] as Set).sort(false, Collections.reverseOrder()))
println l.toSorted(Collections.reverseOrder())
println((3..1).sort { it })
