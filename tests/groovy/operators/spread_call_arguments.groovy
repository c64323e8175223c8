// The arguments of a call on every element are evaluated once, also where there is no element.
int n = 0
println([1, 2, 3]*.plus(n++))
println n
println([]*.plus(n++))
println n
def nothing = null
println(nothing*.plus(n++))
println n
println([1, null, 3]*.plus(n++))
println n
def l = [[1, 2], [3]]
println l*.size()
println l*.get(n - n)
println l*.collect { it + n }
println(['a', 'b']*.padLeft(n, '-'))
println(['a', 'b']*.padLeft(*[3, '-']))
println(['a-b', 'c-d']*.split('-')*.toList())
try { println([]*.plus('x'.toInteger())) } catch (e) { println e.class }
class Named { def call(Map options, x) { "$options $x".toString() } }
println([new Named(), new Named()]*.call(3, a: n))
