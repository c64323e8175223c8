class Engine { def start() { 'started' } ; int power = 5 }
class Car { @Delegate Engine engine = new Engine() }
println new Car().start()
println new Car().power
