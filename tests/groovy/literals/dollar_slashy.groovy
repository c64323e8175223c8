def n = 'world'
println($/hello $n/$)
println($/a $$n and a slash / and \ stays/$)
println($/line one
line "two"/$)
