def a = [1, 2, 3]
def b = 2
try { assert a.size() == b } catch (AssertionError e) { println e.message }
try { assert a.contains(9) && b > 1 } catch (AssertionError e) { println e.message }
try { assert a[0] + b == 4 } catch (AssertionError e) { println e.message }
