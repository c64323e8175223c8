def q = new PriorityQueue()
[5, 1, 3].each { q.add(it) }
def out = []
while (!q.isEmpty()) out << q.poll()
println out
def r = new PriorityQueue({ a, b -> b <=> a } as Comparator)
r.addAll([5, 1, 3])
println r.poll()
