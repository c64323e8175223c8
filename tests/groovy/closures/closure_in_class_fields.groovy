class Job {
    String name
    Closure action = { "run $name" }
    def go() { action() }
    def goWith(Closure c) { c.delegate = this; c() }
}
println new Job(name: 'a').go()
println new Job(name: 'b').goWith { name }
println new Job(name: 'c').action()
println new Job(name: 'd', action: { 'own' }).go()
