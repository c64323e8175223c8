println 'ab' * 3
println '-' * 0 + '|'
println '='.multiply(10)
println 'ab'.repeat(2)
try { println 'a' * -1 } catch (e) { println e.class.name + ': ' + e.message }
