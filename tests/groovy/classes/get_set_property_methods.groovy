class H { String a = 'A'; int b = 2; def sum(x, y) { x + y } }
def h = new H()
println h.getProperty('a')
h.setProperty('a', 'B')
println h.a
println h.invokeMethod('sum', [1, 2] as Object[])
println h.metaClass.respondsTo(h, 'sum').size()
println h.respondsTo('nope').size()
println h.hasProperty('a') != null
println h.hasProperty('zz') != null
println h."${'b'}"
println h."su${'m'}"(3, 4)
