def lock = new Object()
int n = 0
synchronized (lock) { n++ }
println n
class C { int v; synchronized void inc() { v++ } }
def c = new C()
c.inc()
println c.v
