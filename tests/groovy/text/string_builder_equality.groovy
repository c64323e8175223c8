def a = new StringBuilder('x'), b = new StringBuilder('x')
println a.toString() == b.toString()
println 'x'.contentEquals(a)
println a.length() == 1 && a
println a.size()
println "${a}"
println 'x' + a
