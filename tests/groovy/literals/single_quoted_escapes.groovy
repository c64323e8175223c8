println 'tab\there'
println 'quote \' and " fine'
println 'back\\slash'
println 'dollar $name stays'
println 'unicode \u00e9\u4e2d'
println 'line\
joined'
print 'a\nb\n'
