println 'hello'.regionMatches(1, 'xell', 1, 3)
println 'hello'.regionMatches(true, 0, 'HE', 0, 2)
println 'hello'.contentEquals('hello')
println 'hello'.contentEquals(new StringBuilder('hello'))
