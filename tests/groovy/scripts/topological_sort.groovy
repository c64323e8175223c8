def deps = [app: ['lib', 'core'], lib: ['core'], core: [], test: ['app']]
def order = [], visiting = []
def visit
visit = { n ->
    if (n in order) return
    if (n in visiting) throw new IllegalStateException("cycle at $n")
    visiting << n
    deps[n].each { visit(it) }
    order << n
}
deps.keySet().each { visit(it) }
println order
deps.core = ['test']
order.clear(); visiting.clear()
try { visit('app') } catch (IllegalStateException e) { println e.message }
