class Box<T> {
    T value
    Box(T v) { value = v }
    T get() { value }
    static <E> List<E> listOf(E... es) { es.toList() }
    def <U> Box<U> map(Closure<U> f) { new Box<U>(f(value)) }
}
println new Box<String>('x').get()
println new Box<>(5).value
println Box.listOf(1, 2)
println new Box(2).map { it * 2 }.get()
Map<String, List<Integer>> m = [a: [1]]
List<? extends Number> l = [1, 2.5]
println m.a[0] + l[1]
