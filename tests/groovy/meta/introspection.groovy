class A { String s = 'v'; int n; def m(a) { }; static x() { } }
def a = new A()
println a.properties.findAll { it.key != 'class' }.sort()
println a.metaClass.methods.any { it.name == 'm' }
println A.declaredFields*.name.findAll { !it.contains('$') && !it.startsWith('meta') && !it.startsWith('_') }.sort()
println a.hasProperty('s') ? 'has' : 'no'
println a.respondsTo('m') ? 'can' : 'no'
println A.methods*.name.contains('m')
println a.metaClass.hasProperty(a, 'n') != null
