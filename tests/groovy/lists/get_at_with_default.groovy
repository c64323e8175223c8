def l = [].withDefault { it * 2 }
println l[2]
println l
def e = [].withEagerDefault { 'x' }
println e[1]
println e
println([1, 2].getAt(1))
