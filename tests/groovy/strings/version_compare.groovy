def compare = { String a, String b ->
    def x = a.tokenize('.')*.toInteger(), y = b.tokenize('.')*.toInteger()
    for (int i = 0; i < Math.max(x.size(), y.size()); i++) {
        def c = (x[i] ?: 0) <=> (y[i] ?: 0)
        if (c != 0) return c
    }
    0
}
println compare('1.2', '1.10')
println compare('1.2.0', '1.2')
println(['1.10', '1.2', '1.9.1'].sort(compare))
println(['1.10', '1.2'].max { it.tokenize('.')[1].toInteger() })
