class D { def v = 'from D' }
def c = { v }
def r = c.rehydrate(new D(), null, null)
r.resolveStrategy = Closure.DELEGATE_FIRST
println r()
def copy = c.clone()
copy.delegate = new D()
copy.resolveStrategy = Closure.DELEGATE_ONLY
println copy()
