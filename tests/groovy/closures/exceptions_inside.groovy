def c = { throw new IllegalStateException('inside') }
try { c() } catch (IllegalStateException e) { println e.message }
try { [1].each { throw new RuntimeException("at $it") } } catch (e) { println e.message }
def safe = { body -> try { body() } catch (e) { "caught ${e.message}" } finally { print 'F ' } }
println safe { throw new Exception('x') }
println safe { 'fine' }
