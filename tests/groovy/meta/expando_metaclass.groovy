String.metaClass.shout = { -> delegate.toUpperCase() + '!' }
println 'hi'.shout()
Integer.metaClass.getDoubled = { -> delegate * 2 }
println 5.doubled
class T { }
T.metaClass.hello = { String n -> "hello $n" }
println new T().hello('x')
T.metaClass.static.make = { -> 'made' }
println T.make()
def o = new T()
o.metaClass.only = { -> 'only me' }
println o.only()
