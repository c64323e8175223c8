def a = [1, 2, 3] as int[]
println a.length
println a[0]
a[1] = 9
println a
println a.size()
println a.toList()
println a.sum()
println a.toList().max()
println a.contains(9)
println a.class.simpleName
for (x in a) print x
println()
println a[0..1]
println a[-1]
println a.collect { it + 1 }
def s = new String[2]
println s
println s.length
String[] t = ['a', 'b']
println t.join('-')
println t as List
println(t.toString().startsWith('[Ljava.lang.String;'))
