class I {
    def log = ['field'];
    { log << 'init' }
    I() { log << 'ctor' }
    static def trace = []
    static { trace << 'static' }
}
println new I().log
println I.trace
