def r = { println 'run' } as Runnable
r.run()
def c = { a, b -> b <=> a } as Comparator
println([1, 3, 2].sort(c))
def call = { 'called' } as java.util.concurrent.Callable
println call.call()
interface Greeter { String greet(String n) }
Greeter g = { "hi " + it }
println g.greet('x')
println(g instanceof Greeter)
