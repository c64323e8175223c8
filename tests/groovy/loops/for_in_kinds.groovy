for (x in [1, 2]) print x
for (x in 'ab') print x
for (x in [a: 1]) print x
for (x in 1..2) print x
for (x in ([1, 2] as int[])) print x
for (x in (null)) print 'never'
for (x in 5) print x
for (x in [3, 4].iterator()) print x
for (String s : ['p', 'q']) print s
for (x in ([9] as Set)) print x
for (x in new StringTokenizer('t u')) print x
println()
