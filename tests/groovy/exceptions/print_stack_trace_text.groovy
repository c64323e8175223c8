def sw = new StringWriter()
new IllegalStateException('boom').printStackTrace(new PrintWriter(sw))
println sw.toString().readLines()[0]
def c = new StringWriter()
new RuntimeException('a', new IOException('b')).printStackTrace(new PrintWriter(c))
println c.toString().readLines().findAll { !it.startsWith('\t') }
