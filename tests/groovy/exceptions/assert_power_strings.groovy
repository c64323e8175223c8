def name = 'abc'
try { assert name.toUpperCase() == 'abc' } catch (AssertionError e) { println e.message }
try { assert !name } catch (AssertionError e) { println e.message }
try { assert name =~ /x/ } catch (AssertionError e) { println e.message.readLines()[0] }
try { assert name == null } catch (AssertionError e) { println e.message }
