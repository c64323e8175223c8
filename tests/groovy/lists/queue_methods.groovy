def q = new LinkedList([1, 2])
q.addFirst(0)
q.addLast(3)
println q
println q.poll()
println q.peek()
println q.removeFirst()
println q.removeLast()
q.offer(7)
println q.getFirst() + q.getLast()
println q
