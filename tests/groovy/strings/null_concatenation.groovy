String s = null
println s + 'x'
println "$s"
try { println null + 1 } catch (e) { println e.class.name + ': ' + e.message }
println 'x' + s?.trim()
