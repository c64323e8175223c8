class F { int i; String s; List l; Set st; boolean b; Double d; BigDecimal bd; String[] arr }
def f = new F(i: 3.9, s: "g${1}", b: 'x', bd: 5)
println f.i
println f.s.class.simpleName
println f.b
println f.bd.class.simpleName
f.l = [1]
f.st = [1, 1]
println f.st.class.simpleName
f.arr = ['a', 'b']
println f.arr.length
f.d = 1
println f.d
try { f.i = 'x' } catch (e) { println e.class.simpleName; println e.message }
try { f.l = 5 } catch (e) { println e.message }
