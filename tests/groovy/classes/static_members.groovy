class U {
    static final String VERSION = '1.0'
    static int counter
    static String greet(String n) { "hi $n" }
    static { counter = 10 }
    int id = ++counter
}
println U.VERSION
println U.greet('x')
println new U().id
println new U().id
println U.counter
U.counter = 100
println U.counter
try { U.VERSION = '2' } catch (e) { println e.class.simpleName }
println U.getVERSION()
