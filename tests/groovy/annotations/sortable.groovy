import groovy.transform.Sortable
@Sortable class Person { String last; String first; int age
    String toString() { "$first $last $age" } }
def all = [new Person(last: 'B', first: 'x', age: 3), new Person(last: 'A', first: 'z', age: 1), new Person(last: 'A', first: 'y', age: 9)]
println all.sort(false)
println all.sort(false, Person.comparatorByAge())
println all.sort(false, Person.comparatorByFirst())
println all.toSorted(Person.comparatorByLast())
println all[0] <=> all[1]
println all[0] > all[1]
println all[0] instanceof Comparable
println all.max()
println all.min(Person.comparatorByAge())
@Sortable(excludes = ['name']) class Item { String name; Integer weight; String toString() { "$name/$weight" } }
println([new Item(name: 'a', weight: 5), new Item(name: 'b', weight: null), new Item(name: 'c', weight: 2)].sort())
@Sortable(includes = ['b', 'a']) class Pair { int a; int b; String toString() { "$a:$b" } }
println([new Pair(a: 1, b: 2), new Pair(a: 2, b: 1), new Pair(a: 0, b: 2)].sort())
println new Pair(a: 1, b: 2).compareTo(new Pair(a: 1, b: 2))
