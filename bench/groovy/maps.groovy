// Maps and lists: filling, looking up, grouping, order.
def squares = [:]
for (int i = 0; i < 60000; i++) squares["k${i % 5000}".toString()] = i
long sum = 0
for (e in squares) sum += e.value
def groups = (1..40000).groupBy { it % 97 }
def inverse = groups.collectEntries { k, v -> [(v.size()): k] }
def list = []
for (int i = 0; i < 200000; i++) list << (i * 7919) % 10007
def seen = new HashSet(list)
println "$sum ${groups.size()} ${inverse.size()} ${seen.size()} ${list[-1]}"
