import java.util.concurrent.ConcurrentHashMap

class Counts {
    private ConcurrentHashMap<String, Integer> counts = [a: 0, b: 1]
    ConcurrentHashMap<String, Integer> none = [:]
    TreeMap sorted = [z: 1, a: 2]
}

def c = new Counts()
println c.counts
println c.counts.getClass()
println c.none.getClass()
println c.sorted
ConcurrentHashMap<String, Integer> local = [x: 1]
println local
println local.getClass()
Hashtable old = [a: 1]
println old.getClass()
HashMap kept = [q: 1]
println kept.getClass()
TreeMap reassigned = [b: 1]
reassigned = [d: 1, c: 2]
println reassigned
def take(ConcurrentHashMap m) { m.getClass() }
println take(new ConcurrentHashMap([k: 1]))
try { println take([k: 1]) } catch (MissingMethodException e) { println 'no such method' }
println(((TreeMap) [y: 1, x: 2]))
try { Integer n = [a: 1]; println n } catch (Exception e) { println e.class.simpleName }
Date d = [time: 5L]
println d.time
