// The class's own methods win, then the first delegate's; a method of the delegate sees the delegate's own state.
class Left {
    String where() { 'left' }
    String only() { 'left only' }
    String toString() { 'Left!' }
}
class Right {
    String where() { 'right' }
    String other(int n, String t = 'd') { "right $n $t" }
}
class Both {
    @Delegate Left left = new Left()
    @Delegate Right right = new Right()
    String only() { 'own: ' + left.only() }
}
def b = new Both()
println b.where()
println b.only()
println b.other(3)
println b.other(4, 'x')
println b.left.where() + b.right.where()
println b.respondsTo('other').size() > 0
try { b.nothing() } catch (MissingMethodException e) { println e.method }
b.right = null
try { b.other(1) } catch (NullPointerException e) { println e.message }
