try { assert 0 } catch (Throwable t) { println t.class.name; println t instanceof AssertionError; println t.message }
try { assert null : null } catch (Throwable t) { println t.class.name; println t.message }
