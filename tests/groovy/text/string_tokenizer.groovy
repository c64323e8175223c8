def t = new StringTokenizer('a b,c', ' ,')
println t.countTokens()
while (t.hasMoreTokens()) println t.nextToken()
println new StringTokenizer('x y').toList()
