// A metaClass that is made by hand: for two objects, for a text, for one of a class.
class Tool {
    int size = 2
    String name() { 'tool' }
}

def own = new ExpandoMetaClass(Tool, false)
own.doubled = { -> delegate.size * 2 }
own.named = { String prefix -> prefix + delegate.name() }
own.initialize()
def one = new Tool()
def other = new Tool(size: 5)
[one, other].each { it.metaClass = own }
println "${one.doubled()} ${other.doubled()} ${one.named('my ')} ${one.name()}"
println own.theClass
try {
    new Tool().doubled()
} catch (MissingMethodException e) {
    println 'none of a third'
}

def word = 'ab'
def texts = new ExpandoMetaClass(String, false, true)
texts.twice = { -> delegate * 2 }
texts.initialize()
word.metaClass = texts
println word.twice()

class Cup { }
def shared = new ExpandoMetaClass(Cup)
shared.fill = { -> 'full' }
shared.initialize()
def cup = new Cup()
cup.metaClass = shared
println cup.fill()
