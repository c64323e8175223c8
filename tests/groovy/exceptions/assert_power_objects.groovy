class P { int x; String toString() { "P$x" } }
def p = new P(x: 1)
def m = [k: [1, 2]]
try { assert p.x == 2 } catch (AssertionError e) { println e.message }
try { assert m.k[0] == 5 } catch (AssertionError e) { println e.message }
try { assert m.zz } catch (AssertionError e) { println e.message }
