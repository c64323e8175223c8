class Count implements Iterator {
    int i = 0
    boolean hasNext() { i < 3 }
    Object next() { ++i }
    void remove() { }
}
println new Count().toList()
println new Count().collect { it * 2 }
for (x in new Count()) print x
println()
println new Count().find { it == 2 }
