// The type of a cast in an argument decides between overloads, also for null.
def f(Object o) { 'object' }
def f(String s) { 'string' }
def f(Integer i) { 'integer' }
def f(List l) { 'list' }
println f('a')
println f((Object) 'a')
println f('a' as Object)
println f((String) null)
println f((Integer) null)
println f(null as List)
println f((List) [1])
println f((Object) [1])
println f((Object) null)
class T {
    static s(Number n) { 'number' }
    static s(Integer n) { 'integer' }
    String m(CharSequence c) { 'chars' }
    String m(String c) { 'string' }
    T(Number n) { how = 'number' }
    T(Integer n) { how = 'integer' }
    def how
}
println T.s(1)
println T.s((Number) 1)
println new T(1).how
println new T((Number) 1).how
def t = new T(1)
println t.m('x')
println t.m((CharSequence) 'x')
println t.m("g${1}")
def l = [5, 6, 7, 5]
l.remove((Object) 5)
println l
l.remove(0)
println l
try { l.remove((Integer) 7) } catch (IndexOutOfBoundsException e) { println e.message }
println l
l.remove(5 as Object)
println l
def i = 0
Object o = 5
def k = [1, 5, 9]
try { k.remove(o) } catch (IndexOutOfBoundsException e) { println e.message }
println k
k.remove((int) 0)
println k
