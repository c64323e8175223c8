def j = new StringJoiner(', ', '[', ']')
j.add('a')
j.add('b')
println j
println new StringJoiner('-').add('x').toString()
