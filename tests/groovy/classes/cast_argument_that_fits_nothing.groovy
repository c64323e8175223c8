// A cast says what an argument is taken for; where no method fits that, what it is decides.
def t(c) { try { println c() } catch (Throwable e) { println e.class.name + ': ' + e.message.readLines()[0] } }
class Q { def foo(String x) { 'string' }; def foo(int x) { 'int' } }
class R { def foo(String x) { 'string' }; def foo(Object x) { 'object' } }
class M { def foo(String x) { 'string' }; def methodMissing(String n, a) { "missing $n ${a}" } }
class I { def foo(String x) { 'string' }; def invokeMethod(String n, a) { "invoked $n ${a}" } }
class S { static foo(String x) { 'string' } }
def mine(String x) { 'mine' }
t { new Q().foo((Object) 'o') }
t { new Q().foo((Object) 3) }
t { new Q().foo((Number) 3) }
t { new Q()?.foo((Object) 'o') }
t { [new Q()]*.foo((Object) 'o') }
t { new Q().foo((Object) 2.5) }
t { new R().foo((Object) 'o') }
t { new R().foo('o' as Object) }
t { new M().foo((Object) 'o') }
t { new I().foo((Object) 'o') }
t { S.foo((Object) 'o') }
t { mine((Object) 'o') }
t { String.trim(' x ') }
t { String - 'abc' }
t { (String.&valueOf)(3) }
