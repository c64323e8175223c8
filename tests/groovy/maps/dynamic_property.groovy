def m = [:]
def n = 'key'
m."$n" = 1
m."with space" = 2
m.'quoted' = 3
println m
println m."${n}"
println m.'with space'
