def m = [hi: { "hi $it" }, add: { a, b -> a + b }]
println m.hi('bob')
println m.add(1, 2)
println m['hi']('x')
println m.hi.call('y')
def jobs = [:]
for (n in ['a', 'b']) { def name = n; jobs[name] = { "job $name" } }
println jobs.collect { k, v -> v() }
jobs.each { name, body -> println "$name: ${body()}" }
