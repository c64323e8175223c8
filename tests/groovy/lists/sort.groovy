def l = [3, 1, 2]
println l.sort()
println l
def m = [3, 1, 2]
println m.sort(false)
println m
println(['bb', 'a', 'ccc'].sort { it.size() })
println(['bb', 'a', 'ccc'].sort { a, b -> b.size() <=> a.size() })
println([3, 1, 2].sort { -it })
println([1, 'a' as char, 2].size())
println(['b', 'a'].sort().reverse())
println([[n: 2], [n: 1]].sort { it.n })
println([2, 1].toSorted())
