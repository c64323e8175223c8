def f(int i) { i }
def g(String s) { s }
def h(boolean b) { b }
def k(double d) { d }
def j(List l) { l.size() }
println f(5 as short)
println g("a${1}")
println h(true)
println k(5)
println k(2.5)
println j([1])
try { f('x') } catch (MissingMethodException e) { println 'f(String) refused' }
try { g(5) } catch (MissingMethodException e) { println 'g(Integer) refused' }
try { h('x') } catch (MissingMethodException e) { println 'h(String) refused' }
