def found = null
for (x in [1, 5, 9]) { if (x > 3) { found = x; break } }
println found
println([1, 5, 9].find { it > 3 })
def f() { for (x in [1, 2]) { if (x == 2) return "got $x" }; 'none' }
println f()
def g() { [1, 2].each { if (it == 1) return 'ignored' }; 'end' }
println g()
