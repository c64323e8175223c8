class V implements Comparable<V> {
    List parts
    V(String s) { parts = s.tokenize('.')*.toInteger() }
    int compareTo(V o) { [parts, o.parts].transpose().findResult { a, b -> (a <=> b) ?: null } ?: 0 }
    String toString() { parts.join('.') }
}
println new V('1.2') < new V('1.10')
println new V('2.0') == new V('2.0')
println([new V('1.10'), new V('1.2')].sort())
println([new V('1.10'), new V('1.2')].max())
println new V('1.0') <=> new V('1.0')
println new V('1.0') >= new V('0.9')
