// A static final field stays what it is, also where an object of the class or of a subclass is asked to change it.
def t(c) { try { println c() } catch (Throwable e) { println e.class.name + ': ' + e.message.readLines()[0] } }
class A { static final LIMIT = 7; static final int TYPED = 8; static int changes = 1; static final LIST = [1] }
class B extends A { }
t { def a = new A(); a.LIMIT = 1; a.LIMIT }
t { def a = new A(); a.TYPED = 1; a.TYPED }
t { new B().LIMIT = 1 }
t { A.LIMIT = 2 }
t { new A(LIMIT: 3).LIMIT }
t { def a = new A(); a.changes = 5; A.changes }
t { new B().LIST << 2; A.LIST }
t { "${A.LIMIT} ${B.LIMIT} ${new B().TYPED}" }
