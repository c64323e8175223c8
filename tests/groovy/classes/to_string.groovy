class NoText { }
class Text { String toString() { 'text' } }
println "${new Text()}"
println new Text().toString() + '!'
println([new Text()])
println([a: new Text()])
println new NoText().toString().replaceAll(/@.*/, '@hash')
println '' + new Text()
