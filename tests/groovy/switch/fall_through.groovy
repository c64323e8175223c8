def f(x) {
    def out = []
    switch (x) {
        case 1: out << 'one'
        case 2: out << 'two'; break
        case 3:
        case 4: out << 'three or four'
        default: out << 'default'
    }
    out
}
(1..5).each { println f(it) }
