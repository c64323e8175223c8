println(('hello' =~ /(.)\1/)[0])
println 'a1_ -'.findAll(/\w/)
println 'tab\tx'.split(/\s/).toList()
println 'x.y'.findAll(/[^.]/)
println 'ABCabc'.findAll(/\p{Upper}/)
println 'é'.matches(/\p{L}/)
println '\\d' ==~ /\\d/
