println new String('abc')
println new String()+ '|'
println new String(['x', 'y'] as char[])
println String.valueOf((char) 90)
println String.copyValueOf(['q'] as char[])
println 'abc'.class.name
println 'abc'.class.simpleName
