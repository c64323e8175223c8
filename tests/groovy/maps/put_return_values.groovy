def m = [:]
println m.put('a', 1)
println m.put('a', 2)
println m.putIfAbsent('a', 3)
println m.putIfAbsent('b', 4)
println m.remove('a')
println m.remove('zz')
println m
println m << [c: 1]
