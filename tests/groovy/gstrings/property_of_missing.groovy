def s = 'abc'
try { println "$s.foo" } catch (MissingPropertyException e) { println e.message }
