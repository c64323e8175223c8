// A list that is the only argument and fits no parameter stands for the arguments of an instance method.
def t(c) { try { println c() } catch (Throwable e) { println e.class.name + ': ' + e.message.readLines()[0] } }
class R { def one(String a) { "one $a" }; def two(a, b) { "$a,$b" }; def dv(a, b = 2) { "$a+$b" }; def kept(List l, x = 0) { "kept $l" } }
class M { def two(a, b) { "$a,$b" }; def methodMissing(String n, a) { "missing $n ${a}" } }
class I { def two(a, b) { "$a,$b" }; def invokeMethod(String n, a) { "invoked $n ${a}" } }
class S { static two(a, b) { "$a,$b" }; S(a, b) { }; S() { } }
def mine(a, b) { "$a;$b" }
t { new R().two([1, 2]) }
t { new R().two([1, 2] as Object[]) }
t { new R().two([1, 2, 3]) }
t { new R().two([[1, 2]]) }
t { new R().dv([1, 2]) }
t { new R().one(['x']) }
t { new R().one([1]) }
t { new R().kept([1]) }
t { new M().two([1, 2]) }
t { new M().two([1]) }
t { new I().two([1, 2]) }
t { new I().two([1]) }
t { S.two([1, 2]) }
t { new S([1, 2]) }
t { mine([1, 2]) }
t { mine([1, 2] as Set) }
t { 'abc'.substring([1, 2]) }
t { 'abc'.replace(['a', 'b']) }
t { [1, 2, 3].subList([0, 1]) }
t { Math.max([1, 2]) }
t { def m = new R().&two; m([3, 4]) }
t { new R().with { two([5, 6]) } }
println mine(['a', 'b'])
