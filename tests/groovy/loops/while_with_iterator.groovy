def it = ['a', 'b'].iterator()
while (it.hasNext()) println it.next()
def queue = [1]
def seen = []
while (!queue.isEmpty()) { def n = queue.remove(0); seen << n; if (n < 4) queue << n * 2 }
println seen
