def ds = [new Date(3000), new Date(1000), new Date(2000)]
println ds.sort()*.time
println ds.max().time
println ds.min { it.time }.time
println new Date(5) == new Date(5)
println new Date(5) <=> new Date(6)
println(([new Date(1), new Date(1)] as Set).size())
println new Date(86400000).hashCode()
