def n = null
try { n.foo() } catch (NullPointerException e) { println e.message }
try { n.bar } catch (NullPointerException e) { println e.message }
try { n.bar = 1 } catch (NullPointerException e) { println e.message }
try { n[0] } catch (NullPointerException e) { println e.message }
try { n + 1 } catch (NullPointerException e) { println e.message }
try { n() } catch (NullPointerException e) { println e.message }
try { n[0] = 1 } catch (NullPointerException e) { println e.message }
println n.toString()
println n == null
println n?.foo()
println n.is(null)
