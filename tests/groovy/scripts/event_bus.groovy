class Bus {
    def handlers = [:].withDefault { [] }
    def on(String e, Closure h) { handlers[e] << h; this }
    def emit(String e, Object... args) { handlers[e].collect { it(*args) } }
}
def b = new Bus().on('x') { a -> "1:$a" }.on('x') { a -> "2:$a" }
println b.emit('x', 'v')
println b.emit('none')
