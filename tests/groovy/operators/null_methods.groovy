// What null answers: methods of every object that Groovy adds, with nothing to walk over.
println null.each { 1 }
println null.collect { 1 }
println null.find { 1 }
println null.findAll { 1 }
println null.any { 1 }
println null.every { 0 }
println null.inspect()
println null.toString()
println null.iterator().hasNext()
println null.with { 5 }
println null.is(null)
println null.grep { it }
println null.inject(3) { a, b -> a }
println null.eachWithIndex { a, i -> 1 }
println null.findIndexOf { true }
println null.getClass()
println null.asBoolean()
println null.equals(null)
println null.split { it }
println null.findResult { 1 }
println null.findIndexValues { true }
println null.plus('a')
println null + 'b'
println null as String
println null as List
println null in [null]
println null == null
println null <=> 1
println 1 <=> null
println null.isCase(null)
for (x in null) println x
def failing = [{ null.size() }, { null.foo }, { null.foo = 1 }, { null.foo() }, { null[0] }, { null[0] = 1 }, { null + 1 }, { null - 1 }, { null * 2 },
    { -null }, { null.join(',') }, { null.sort() }, { null.call() }, { null.hashCode() }, { null.dump() }, { null++ }, { null > 1 ? 1 : 2 }, { null.trim() }]
failing.each { try { println it() } catch (e) { println "${e.class.simpleName}: ${e.message}" } }
