try { assert 1 == 2 : 'numbers differ' } catch (AssertionError e) { println e.message }
try { assert false, 'comma form' } catch (AssertionError e) { println e.message }
try { def l = []; assert l : "empty ${l}" } catch (AssertionError e) { println e.message }
assert true
assert [1]
println 'passed'
