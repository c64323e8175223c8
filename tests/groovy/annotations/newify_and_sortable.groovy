import groovy.transform.Sortable
@Sortable(includes = ['n']) class V { int n; String s; String toString() { "V$n" } }
println([new V(n: 3), new V(n: 1)].sort())
