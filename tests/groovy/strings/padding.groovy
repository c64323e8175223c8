println '[' + 'a'.padLeft(5) + ']'
println '[' + 'a'.padRight(5) + ']'
println '[' + 'a'.center(5) + ']'
println '7'.padLeft(3, '0')
println 'ab'.padRight(7, 'xyz')
println 'ab'.center(7, '*')
println 'abcdef'.padLeft(3)
println 7.toString().padLeft(4, '0')
