def h = new HashMap()
(1..50).each { h["item-$it".toString()] = it }
println h
(1..40).each { h.remove("item-$it".toString()) }
println h
def s = new HashSet()
['main', 'develop', 'feature/x', 'release/1.0', 'hotfix', 'master', 'staging'].each { s << it }
println s
println s.size()
println new HashSet([100, 33, 17, 1, 16, 48])
println new HashMap([(1.5): 'a', (true): 'b', ('c' as char): 'd'])
