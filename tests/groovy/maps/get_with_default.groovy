def m = [a: 1]
println m.get('x', 9)
println m
println m.getOrDefault('y', 7)
println m
println m.y ?: 'none'
def d = [:].withDefault { k -> k * 2 }
println d['ab']
println d
def counts = [:].withDefault { 0 }
'hello'.each { counts[it]++ }
println counts
