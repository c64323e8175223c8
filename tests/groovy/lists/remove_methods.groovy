def l = [5, 6, 7, 8, 9, 5]
println l.remove(0)
println l
println l.remove((Object) 8)
println l.remove((Object) 99)
println l.removeAt(0)
println l.removeElement(5)
println l.pop()
println l
l.addAll([1, 2, 3, 4])
l.removeAll([1, 3])
println l
println l.removeAll { it > 3 }
println l
println l.retainAll { it > 1 }
println l
l.clear()
println l
