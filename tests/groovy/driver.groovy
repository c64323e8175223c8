// Runs scripts with the real Groovy, one after the other in one JVM, and keeps what each of them does: its standard
// output, then for an uncaught exception the line `exception: CLASS: MESSAGE` (without `: MESSAGE` when there is none).
// A line `Possible solutions: …` is left out: it lists what happens to be in Groovy's library.
// Arguments: `write` or `check`, then the scripts' paths. `check` compares with the expectations and changes nothing.
// Each script has its own class loader; changes of meta classes are taken back after it.
import org.codehaus.groovy.runtime.InvokerHelper

def mode = args[0]
def console = System.out
def registry = GroovySystem.metaClassRegistry
def changed = [] as Set
// These set their own meta classes when they are first used, for good: before anybody listens.
for (c in ['groovy.util.Node', 'groovy.util.NodeList']) Class.forName(c)
registry.addMetaClassRegistryChangeEventListener({ event -> if (event.classToUpdate) changed << event.classToUpdate } as MetaClassRegistryChangeEventListener)

def outcomeOf(File file) {
    def bytes = new ByteArrayOutputStream()
    def stream = new PrintStream(bytes, true, 'UTF-8')
    def problem = null
    System.out = stream
    def worker = new Thread(null, {
        try {
            def loader = new GroovyClassLoader(getClass().classLoader)
            def script = loader.parseClass(new GroovyCodeSource(file.getText('UTF-8'), file.name, '/scripts'))
            InvokerHelper.createScript(script, new Binding()).run()
        } catch (Throwable t) {
            problem = t
        }
    }, 'script', 16 << 20)
    worker.daemon = true
    worker.start()
    worker.join(20000)
    if (worker.alive) {
        return "exception: does not end\n"
    }
    stream.flush()
    def text = bytes.toString('UTF-8')
    if (problem != null) {
        if (text && !text.endsWith('\n')) text += '\n'
        text += 'exception: ' + problem.class.name + (problem.message == null ? '' : ': ' + problem.message) + '\n'
        text = text.replaceAll(/(?m)^Possible solutions: .*\n/, '')
    }
    return text
}

int different = 0
for (path in args.drop(1)) {
    def file = new File(path)
    def expectation = new File(path.replaceAll(/\.groovy$/, '.out'))
    def text = outcomeOf(file)
    System.out = console
    for (c in changed) registry.removeMetaClass(c)
    changed.clear()
    if (expectation.exists() && expectation.getText('UTF-8') == text) continue
    different++
    if (mode == 'write') {
        expectation.setText(text, 'UTF-8')
        println "made: $expectation"
    } else {
        println "differs from the real Groovy: $expectation"
    }
}
println "${args.length - 1} scripts, $different ${mode == 'write' ? 'expectations made' : 'differ'}"
System.exit(mode == 'check' && different ? 1 : 0)
