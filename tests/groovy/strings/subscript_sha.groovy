def sha = '0123456789abcdef0123456789abcdef01234567'
println sha[0..6]
println sha.take(8)
println sha.substring(0, 7)
println sha[-4..-1]
try { println 'abc'[0..6] } catch (e) { println e.class.name }
