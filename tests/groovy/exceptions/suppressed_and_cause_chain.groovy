def e = new Exception('main')
e.addSuppressed(new RuntimeException('s1'))
println e.suppressed*.message
def chain = new Exception('a', new Exception('b', new Exception('c')))
def msgs = []
for (def c = chain; c != null; c = c.cause) msgs << c.message
println msgs
def i = new Exception('x')
i.initCause(new Error('late'))
println i.cause.message
