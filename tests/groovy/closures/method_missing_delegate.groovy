class Recorder {
    def log = []
    def methodMissing(String name, args) { log << "$name(${args.collect { it instanceof Closure ? '{}' : it }.join(', ')})".toString(); null }
    def propertyMissing(String name) { "prop-$name" }
}
def r = new Recorder()
def body = { foo 1, 'a'; bar(x: 2); baz { }; log << unknown }
body.delegate = r
body.resolveStrategy = Closure.DELEGATE_FIRST
body()
println r.log
