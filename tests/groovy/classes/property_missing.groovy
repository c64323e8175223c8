class PM {
    def props = [:]
    def propertyMissing(String n) { props[n] ?: "no $n" }
    def propertyMissing(String n, v) { props[n] = v }
}
def p = new PM()
println p.foo
p.foo = 5
println p.foo
println p.props
