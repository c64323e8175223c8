abstract class Template {
    final String run() { [before(), body(), after()].join('|') }
    protected String before() { 'before' }
    abstract String body()
    protected String after() { 'after' }
}
class Real extends Template { String body() { 'body' }; protected String after() { super.after() + '+' } }
println new Real().run()
