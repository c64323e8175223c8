// A mock of the engine for run.groovy: each step prints itself; scopes are maps.
abstract class Mock extends Script {
  def out = []; def scopes = [[:]]; def indent = 0; def res = null; def stageResults=[null]; def flagsOnce=[] as Set; def conf=[changes:[], causes:[]]; def blockSteps=['timeout','retry','timestamps','withEnv','withCredentials','lock','ansiColor'] as Set
  def say(s) { out << ('  '*indent + s) }
  def envOf(k) { for (m in scopes.reverse()) if (m.containsKey(k)) return m[k]; null }
  def getEnv() { def self=this; return new Env(m: self) }
  def getCurrentBuild() { new CB(m: this) }
  def propertyMissing(String n) { def v = envOf(n); if (v != null) return v; throw new MissingPropertyException(n, Binding) }
  def blk(String label, Map env, Closure c) { say(label+' {'); indent++; scopes << env; try { return c.call() } finally { scopes.remove(scopes.size()-1); indent--; say('}') } }
  def stage(String n, Closure c) { stageResults << null; try { blk("stage $n", [STAGE_NAME:n], c) } finally { stageResults.remove(stageResults.size()-1) } }
  def node(String l, Closure c) { blk("node '$l'", [NODE:'1'], c) }
  def ws(String l, Closure c) { blk("ws $l", [:], c) }
  def dir(String l, Closure c) { blk("dir $l", [:], c) }
  def withEnv(List l, Closure c) { assert l.every{it instanceof String}; blk("withEnv $l", l.collectEntries{ def i=it.indexOf('='); [(it[0..<i]): it.substring(i+1)] }, c) }
  def withCredentials(List l, Closure c) { blk("withCredentials $l", l.collectEntries{[(it.variable):'sekret']}, c) }
  def timeout(Map a, Closure c) { blk("timeout $a",[:],c) }
  def retry(int n, Closure c) { for (int i=1;;i++) { try { return blk("retry $i/$n",[:],c) } catch (e) { if (i==n) throw e; say("Retrying") } } }
  def retry(Map a, Closure c) { blk("retry $a",[:],c) }
  def parallel(Map m) { def ff=m.remove('failFast'); say("parallel failFast=${ff}"); Throwable f=null; m.each { k,v -> try { blk("branch $k",[:],v) } catch (Throwable e) { say("Failed in branch $k"); f = f ?: e } }; if (f) throw f }
  def sh(s) { if (envOf('NODE')==null) throw new org.jenkinsci.plugins.workflow.steps.MissingContextVariableException('no node'); say("sh $s"); if (s=='false') throw new RuntimeException('script returned exit code 1') }
  def echo(s) { say("echo $s") }
  def error(s) { throw new RuntimeException(s.toString()) }
  def unstable(s) { say("unstable"); res='UNSTABLE'; stageResults[-1]='UNSTABLE' }
  def library(s) { say("library $s") }
  def checkout(Map a) { def s = a.scm; say("checkout $s"); [GIT_COMMIT:'abc', GIT_BRANCH:'origin/main'] }
  def tool(Map a) { say("tool $a"); '/t/'+a.name }
  def input(Map a) { say("input $a"); conf.answer }
  def readFile(p) { 'FROM x' }
  def getDocker() { new Docker(m: this) }
  def __callStep(String n, List a) { this."$n"(*a) }
  def __owe(String what, Closure todo) { 1 }
  def __className(t) { t.class.name }
  def __abort(t) { error(t) }
  def __log(s) { say("LOG $s") }
  def __throwable_result(t) { t.message?.startsWith('abort') ? 'ABORTED' : 'FAILURE' }
  def __docker() { new Docker(m: this) }
  def __host(String n, Object... a) {
    if (a == null) a = [null] as Object[]  // Groovy takes a lone null for the array
    switch (n) {
      case 'ending.drop': return null
      case 'node.info': return null
      case 'node.docker': return null
      case 'run.once': return flagsOnce.add(a[0])
      case 'run.restart_stage': return conf.restart
      case 'job.properties': say("properties ${a[0]}"); return null
      case 'step.is_block': return a[0] in blockSteps
      case 'stage.skipped': say("mark skipped ${a[1]}"); return null
      case 'stage.result': return stageResults[-1]
      case 'result.get': return res
      case 'result.current': return res ?: 'SUCCESS'
      case 'result.force': res = a[0]; return null
      case 'trace': return "TRACE ${a[0].message}".toString()
      case 'scm': return conf.scm
      case 'run.previous_result': return conf.previous
      case 'run.changes': return conf.changes
      case 'run.causes': return conf.causes
      case 'run.get': return a[0] == 'number' ? 1 : null
      case 'text.digest': return 'digest'
      case 'env.get': return envOf(a[0])
    }
    throw new UnsupportedOperationException("no host call $n")
  }
}
class Env { def m; def getProperty(String n) { n=='m' ? this.@m : this.@m.envOf(n) } }
class CB { def m; def getResult() { m.res } ; def getCurrentResult() { m.res ?: 'SUCCESS' }; def getNumber() { 1 } }
class Docker { def m; def image(i) { def mm=m; new Img(m:mm,i:i) }; def build(t,a) { m.say("docker build $t $a"); new Img(m:m,i:t) }; def withRegistry(u,c,b) { m.blk("registry $u $c",[:],b) } }
class Img { def m; def i; def inside(a,c) { m.blk("inside $i '$a'",[:],c) }; def pull() { m.say("pull $i") } }
