// A class with get(String) answers names that it has no property for.
class Config {
    Map data = [a: 1]
    String real = 'r'
    def get(String name) { data[name] ?: "no $name" }
    def inside() { unknown }
    def closure() { def c = { -> other }; c() }
}
def c = new Config()
println c.a
println c.real
println c.missing
println c.inside()
println c.closure()
println c['b']
class ByObject { def get(Object o) { 'never' } }
try { new ByObject().x } catch (MissingPropertyException e) { println e.property }
