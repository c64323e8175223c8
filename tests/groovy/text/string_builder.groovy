def sb = new StringBuilder('abc')
sb.append(1).append('x').append(null).append(true).append(1.5)
println sb
println sb.length()
println sb.insert(0, '>>')
println sb.reverse()
println new StringBuilder('hello').deleteCharAt(0)
println new StringBuilder('hello').delete(1, 3)
println new StringBuilder('hello').replace(0, 2, 'XY')
println new StringBuilder('hello').indexOf('l')
println new StringBuilder('hello').charAt(1)
println new StringBuilder('hello').toString() == 'hello'
println new StringBuilder('ab') + 'c'
