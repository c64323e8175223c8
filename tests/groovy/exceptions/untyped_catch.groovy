try { throw new Exception('x') } catch (e) { println e.message }
try { try { throw new Error('err') } catch (e) { println 'not here' } } catch (Throwable t) { println "throwable ${t.message}" }
try { throw new Throwable('t') } catch (Throwable t) { println t }
