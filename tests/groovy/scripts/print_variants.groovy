print 'a'
print 1
print null
println()
println ''
println([1, 2])
