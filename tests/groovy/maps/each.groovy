def m = [a: 1, b: 2]
m.each { k, v -> print "$k=$v " }
println()
m.each { print it.key + it.value }
println()
m.each { e -> print e }
println()
m.eachWithIndex { k, v, i -> print "$i:$k=$v " }
println()
m.eachWithIndex { e, i -> print "$i:${e.key} " }
println()
for (e in m) { print "${e.key}:${e.value} " }
println()
for (k in m.keySet()) print k
println()
m.reverseEach { k, v -> print k }
println()
println m.each { }
