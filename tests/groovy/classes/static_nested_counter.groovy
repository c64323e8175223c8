class Registry {
    private static final Map<String, Closure> handlers = [:]
    static void on(String n, Closure c) { handlers[n] = c }
    static fire(String n, ... args) { handlers[n]?.call(*args) }
}
Registry.on('x') { a, b -> "$a+$b" }
println Registry.fire('x', 1, 2)
println Registry.fire('none')
