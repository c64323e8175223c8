def log = []
def f() { try { return 'try' } finally { println 'finally runs' } }
println f()
def g(List l) { for (i in 1..3) { try { if (i == 2) continue; l << i } finally { l << "f$i".toString() } } ; l }
println g([])
def h() { try { throw new RuntimeException('a') } finally { return 'swallowed' } }
println h()
def k() { while (true) { try { break } finally { println 'left loop' } }; 'k' }
println k()
