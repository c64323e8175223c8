def s = 'hello'
println s[0]
println s[-1]
println s[1..3]
println s[1..-2]
println s[-3..-1]
println s[0, 2, 4]
println s[3..1]
println s[0..<2]
println s.getAt(1)
println s[0].class
try { println s[9] } catch (e) { println e.class.name }
