class Z { int a; def f(String s) { } }
def z = new Z()
try { z.nope } catch (MissingPropertyException e) { println e.message.readLines()[0] }
try { z.nope = 1 } catch (MissingPropertyException e) { println e.message.readLines()[0] }
try { z.g(1, 'x') } catch (MissingMethodException e) { println e.message.readLines()[0] }
try { z.f(1) } catch (MissingMethodException e) { println e.message.readLines()[0] }
try { Z.sf() } catch (MissingMethodException e) { println e.message.readLines()[0] }
try { Z.sp } catch (MissingPropertyException e) { println e.message.readLines()[0] }
try { 'x'.foo(null, [1], [a: 1]) } catch (MissingMethodException e) { println e.message.readLines()[0] }
