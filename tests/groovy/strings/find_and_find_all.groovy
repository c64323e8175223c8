println 'a1b22c333'.find(/\d+/)
println 'a1b22c333'.findAll(/\d+/)
println 'abc'.find(/\d/)
println 'abc'.findAll(/\d/)
println 'k=v'.find(/(\w)=(\w)/) { all, k, v -> "$v=$k" }
println 'a=1,b=2'.findAll(/(\w)=(\d)/) { all, k, v -> [k, v.toInteger()] }
println 'x1y2'.findAll(~/[a-z]/) { it.toUpperCase() }
