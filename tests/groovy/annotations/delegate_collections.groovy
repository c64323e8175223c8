// Delegates of Java's types: a list, a map, a date.
class Names {
    @Delegate List<String> all = []
    void addTwice(String n) { add(n); add(n) }
}
def n = new Names()
n << 'a'
n.addTwice('b')
println n.size()
println n.all
println n.get(0) + n[1]
println n.contains('b')
println n instanceof List
println n.collect { it.toUpperCase() }
println n.isEmpty()
for (x in n) print x
println()
println n.join('-')
class Settings {
    @Delegate Map<String, Object> data = [:]
}
def s = new Settings()
s.put('k', 1)
println s.get('k')
println s.containsKey('z')
println s.keySet()
println s instanceof Map
println s.size()
class Event {
    @Delegate Date when = new Date(0)
    String title
}
def e = new Event(title: 'start')
println e.time
println e.title
println e.before(new Date(1))
