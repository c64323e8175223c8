def m = 'a1b22' =~ /([a-z])(\d+)/
println m[0]
println m[1]
println m[0][1]
println m[1][2]
println m.size()
println m.count
println(('a1b2' =~ /\d/)[1])
println(('a1b2' =~ /\d/)[-1])
println(('xyz' =~ /y/)[0])
try { println(('abc' =~ /\d/)[0]) } catch (IndexOutOfBoundsException e) { println e.class.name }
