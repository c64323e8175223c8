def s = 'abc'
for (int i = 0; i < s.length(); i++) { print s[i] + i }
println()
s.toList().eachWithIndex { c, i -> print c + i }
println()
println((0..<s.size()).collect { s[it] })
println s.indexOf('c')
