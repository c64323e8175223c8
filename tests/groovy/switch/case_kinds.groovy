def kind(x) {
    switch (x) {
        case null: return 'null'
        case 'text': return 'literal'
        case ~/\d+/: return 'digits'
        case 1..5: return 'range'
        case [10, 20]: return 'list'
        case Number: return 'number'
        case { it instanceof Map && it.size() > 1 }: return 'closure'
        case Map: return 'map'
        case String: return 'string'
        default: return 'other'
    }
}
[null, 'text', '42', 3, 10, 99, [a: 1, b: 2], [a: 1], 'zz', true, 2.5, 4L].each { println kind(it) }
