import groovy.transform.Immutable
@Immutable class I { String s; int n; List l }
def i = new I('a', 1, [1])
println i
println new I(s: 'b', n: 2, l: [])
try { i.s = 'z' } catch (ReadOnlyPropertyException e) { println e.message }
try { i.l << 2 } catch (UnsupportedOperationException e) { println 'list is immutable' }
println i == new I('a', 1, [1])
