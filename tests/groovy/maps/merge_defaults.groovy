def defaults = [image: 'alpine', args: '', env: [A: '1']]
def config = [image: 'ubuntu', env: [B: '2']]
println defaults + config
def deep
deep = { Map a, Map b -> a + b.collectEntries { k, v -> [k, (v instanceof Map && a[k] instanceof Map) ? deep(a[k], v) : v] } }
println deep(defaults, config)
