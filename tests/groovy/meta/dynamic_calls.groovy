def name = 'toUpperCase'
println 'a'."$name"()
def args = [1, 2]
println([0, 1, 2, 3].subList(*args))
class D { def a = 1; def f(x, y) { x + y } }
def d = new D()
println d."a"
println d."${'f'}"(1, 2)
println d.invokeMethod('f', [3, 4] as Object[])
println InvokerHelperLike.call(d)
class InvokerHelperLike { static call(o) { o.f(*[5, 6]) } }
def prop = 'size'
println([1, 2]."$prop"())
