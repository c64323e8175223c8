println String.newInstance('x')
println ArrayList.newInstance()
println Class.forName('java.util.ArrayList').newInstance([1, 2])
class K { def v; K() { v = 'none' }; K(x) { v = x } }
println K.newInstance().v
println K.newInstance('arg').v
def cls = K
println cls.newInstance(5).v
println(new K(null).v)
