println([1, [2]].toListString())
println([a: 1].toMapString())
def list = [3].asSynchronized()
list << 4
println list
println new ConfigSlurper().parse('a = 1\nb { c = 2 }').with { [isSet('a'), isSet('b'), isSet('z')] }
def text = new StringReader('one\ntwo').withCloseable { it.readLines() }
println text
println String.isInstance('x')
try { println String.instance } catch (MissingPropertyException e) { println e.message.readLines()[0] }
println System.getenv('PATH') != null
println System.getenv().containsKey('PATH')
println System.getenv('NO_SUCH_VARIABLE_HERE')
