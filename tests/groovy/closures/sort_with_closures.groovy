def l = ['ccc', 'a', 'bb']
def byLength = { it.size() }
def byTwo = { x, y -> y <=> x }
println l.sort(false, byLength)
println l.sort(false, byTwo)
println l.max(byLength)
println l.groupBy(byLength)
println l.collectEntries { [it, byLength(it)] }
