class MM {
    def methodMissing(String name, args) { "$name(${args.toList()})" }
    def real() { 'real' }
}
def m = new MM()
println m.real()
println m.doIt(1, 'a')
println m.nothing()
println m."dynamic"(2)
