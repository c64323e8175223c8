class Spec {
    def items = []
    def item(String n) { items << n }
    def group(String n, Closure c) {
        def s = new Spec()
        c.delegate = s
        c.resolveStrategy = Closure.DELEGATE_FIRST
        c()
        items << [(n): s.items]
    }
}
def spec = new Spec()
spec.with {
    item 'a'
    group('g') {
        item 'b'
        item 'c'
    }
}
println spec.items
