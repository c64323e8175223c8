import groovy.transform.builder.*
import groovy.transform.*
import java.util.concurrent.TimeUnit
import java.util.function.*

@Builder(builderStrategy = groovy.transform.builder.SimpleStrategy, prefix = 'with')
class Spec { String name; int replicas = 1; Map<String, String> env = [:] }
@Builder class Req { String url; String method = 'GET'; List<String> headers }
@Immutable(copyWith = true) class Ver implements Comparable<Ver> { int major, minor; int compareTo(Ver o) { major <=> o.major ?: minor <=> o.minor } ; static Ver parse(String s) { def (a, b) = s.tokenize('.')*.toInteger(); new Ver(a, b) } }
@TupleConstructor @ToString(includeNames = true, excludes = 'secret') @EqualsAndHashCode(includes = ['id']) class Acc { int id; String who; String secret }
enum Level { LOW(1) { String tag() { 'l' } }, HIGH(10) { String tag() { 'H' } }; final int w; Level(int w) { this.w = w } ; abstract String tag(); static Level of(int n) { values().find { it.w >= n } } }
class Deployer {
  static final Map<String, Closure> STRATEGIES = [rolling: { Spec s -> "rolling ${s.name}x${s.replicas}" }, blue: { s -> "blue ${s.name}" }].asImmutable()
  List<String> lines = []; void log(String s) { lines << "${this.class.simpleName}: $s".toString() }
  def deploy(Map opts = [:], Spec s, Closure after = null) { log "deploy ${s.name} ${opts}"; def r = STRATEGIES[opts.strategy ?: 'rolling'](s); after?.call(r); r }
  def methodMissing(String name, args) { if (name.startsWith('do')) { return "${name - 'do'}:${args.toList()}" }; throw new MissingMethodException(name, this.class, args) }
  def propertyMissing(String name) { "prop-$name" }
}
class PipelineDsl {
  List stages = []; Map opts = [:]
  def stage(String n, @DelegatesTo(StageDsl) Closure c) { def s = new StageDsl(name: n); c.delegate = s; c.resolveStrategy = Closure.DELEGATE_FIRST; c(); stages << s }
  def options(Map m) { opts.putAll(m) }
  static PipelineDsl make(@DelegatesTo(PipelineDsl) Closure c) { def p = new PipelineDsl(); p.with(c); p }
}
class StageDsl { String name; List steps = []; def sh(String s) { steps << "sh:$s" } ; def when(Closure<Boolean> c) { steps << "when:${c()}" } ; def propertyMissing(String n, v) { steps << "$n=$v" } }

def s = new Spec().withName('web').withReplicas(3)
def d = new Deployer()
println d.deploy(s, strategy: 'blue') { println "after $it" }
println d.deploy(s)
println d.lines
println d.doThing(1, 'x')
println d.unknown
try { d.other() } catch (MissingMethodException e) { println e.method }
println Req.builder().url('u').headers(['a']).build().with { "$url $method $headers" }
def v = ['1.10', '1.9', '2.0'].collect { Ver.parse(it) }
println v.sort()*.toString()
println v.max().copyWith(minor: 7)
try { v[0].major = 3 } catch (ReadOnlyPropertyException e) { println e.message }
println new Acc(1, 'bob', 'x')
println new Acc(1, 'a') == new Acc(1, 'b')
println Level.of(5).tag() + Level.LOW.class + Level.HIGH.getClass() + Level.HIGH.declaringClass
def p = PipelineDsl.make { options retries: 2; stage('b') { sh 'make'; when { opts.retries == 2 }; flag = 7 }; stage('t') { 2.times { sh "t$it" } } }
println p.stages.collect { "${it.name}${it.steps}" }.join(';')
switch (v[0]) { case { it.major == 1 }: println 'one'; break; case Ver: println 'ver'; break }
def memo = { int n -> n < 2 ? n : call(n - 1) + call(n - 2) }
def fib; fib = { n -> n < 2 ? n : fib(n - 1) + fib(n - 2) }.memoize(); println fib(30)
println((1..5).inject { a, b -> a * b } + ' ' + [1, [2, [3]]].flatten() + ' ' + ('a'..'e').collate(2))
Function<Integer, Integer> f = { it + 1 }; Supplier<String> sup = { 'sup' }; BiFunction<Integer, Integer, Integer> bf = { a, b -> a * b }
println f.apply(1) + sup.get() + bf.apply(3, 4)
println([a: 1, b: 2].with { it.collectEntries { k, val -> [(k.toUpperCase()): val ** 2] } })
use(groovy.time.TimeCategory) { println((2.hours + 30.minutes).toMilliseconds()) }
println TimeUnit.HOURS.toSeconds(2)
String.metaClass.shout = { -> delegate.toUpperCase() + '!' }; println 'hey'.shout()
