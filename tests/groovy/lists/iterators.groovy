def i = [1, 2].iterator()
println i.hasNext()
println i.next()
println i.next()
println i.hasNext()
try { i.next() } catch (e) { println e.class.name }
def li = ['a', 'b'].listIterator()
while (li.hasNext()) { def x = li.next(); li.set(x + '!') }
println li.previous()
println li.nextIndex()
