class Counter { int n = 0; String toString() { "c${++n}" } }
def c = new Counter()
def g = "$c"
println g
println g
println g == g.toString()
