package acme.tools

import groovy.transform.*

@ToString(includeNames = true, excludes = 'secret', includePackage = false)
@EqualsAndHashCode(includes = ['id'])
class Account {
    int id
    String who
    String secret
    private int hidden = 3
}

@ToString(includes = ['b', 'a'], ignoreNulls = true, includeNames = true)
class Few {
    String a
    String b
    String c
}

@ToString(includeFields = true, includeNames = true)
@EqualsAndHashCode(includeFields = true)
class WithFields {
    String name
    private int count
    WithFields(String name, int count) { this.name = name; this.count = count }
}

@Canonical(excludes = ['note'])
class Pair {
    int x
    int y
    String note
}

@EqualsAndHashCode
@ToString
class All {
    int n
    List l
}

println new Account(id: 1, who: 'bob', secret: 'x')
println new Account(id: 1, who: 'a') == new Account(id: 1, who: 'b')
println new Account(id: 1) == new Account(id: 2)
println([new Account(id: 1, who: 'a'), new Account(id: 1, who: 'b')].toSet().size())
println new Few(a: '1', c: '3')
println new Few(a: '1', b: '2')
println new WithFields('n', 2)
println new WithFields('n', 2) == new WithFields('n', 3)
println new WithFields('n', 2) == new WithFields('n', 2)
println new Pair(1, 2)
println new Pair(x: 1, y: 2, note: 'a') == new Pair(x: 1, y: 2, note: 'b')
println new All(n: 1, l: [null])
println new All(n: 1, l: [2]) == new All(n: 1, l: [2])
