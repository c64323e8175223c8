def names = ['a', 'b', 'c']
for (int i = 0; i < names.size(); i++) print "$i:${names[i]} "
println()
names.eachWithIndex { n, i -> print "$i:$n " }
println()
for (i in 0..<names.size()) print names[i]
println()
for (i in names.indices) print i
println()
for (def e in names.withIndex()) print e
println()
for (pair in [a: 1].entrySet()) print pair.key
println()
