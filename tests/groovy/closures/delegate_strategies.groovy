class Host { String name = 'delegate'; def only() { 'from delegate' } }
def name = 'local'
class Owner {
    String name = 'owner'
    def make() { return { name } }
    def makeOnly() { return { only() } }
}
def o = new Owner()
def c = o.make()
c.delegate = new Host()
println c()
c.resolveStrategy = Closure.DELEGATE_FIRST
println c()
c.resolveStrategy = Closure.OWNER_ONLY
println c()
c.resolveStrategy = Closure.DELEGATE_ONLY
println c()
def m = o.makeOnly()
m.delegate = new Host()
println m()
m.resolveStrategy = Closure.OWNER_ONLY
try { m() } catch (MissingMethodException e) { println 'missing' }
