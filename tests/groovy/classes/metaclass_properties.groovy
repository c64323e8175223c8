// properties of an object: which ones, and in which order they come.
class P { String name; int age; def tags = ['x']; private int hidden = 1; static int s = 2; final String fixed = 'f'; boolean flag
    def getDerived() { name + age } ; String getZed(int n) { 'no' } ; boolean isOk() { true } ; void setOnly(x) {} }
def p = new P(name: 'n', age: 3)
println p.properties.findAll { it.key != 'class' }
println p.properties.keySet()
println p.metaClass.properties*.name
println p.hasProperty('age') != null
println p.hasProperty('nope')
class Q extends P { int extra = 5 }
println new Q().properties.findAll { it.key != 'class' }
println P.declaredFields.findAll { !it.synthetic }*.name
println p.properties.getClass()
println new Object().properties
println p.metaClass.hasProperty(p, 'age').name
println p['name'] + p.getProperty('age')
p.metaClass.getMetaProperty('name')
println p.respondsTo('getDerived').size()
println([1, 2].properties)
