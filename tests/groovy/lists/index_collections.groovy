// Several elements at once, by any collection of indexes.
def t(c) { try { println c() } catch (Throwable e) { println e.toString().readLines()[0] } }
t { (1..3)[[1, 2] as Set] }
t { (1..3)[[1, 'a']] }
t { [1,2,3][[1, 'a'] as Set] }
t { [1,2,3][[1, 'a']] }
t { [1,2,3]['a'] }
t { (1..3)['a'] }
t { ('a'..'c')[[1, 2] as Set] }
t { 'abc'[[1, 2] as Set] }
t { (['x','y'] as String[])[[1] as Set] }
t { [1,2,3][[1:2].keySet()] }
t { (1..3)[[1:2].keySet()] }
t { (1..3)[[0..1, 2]] }
t { [1, 2, 3][['ab']] }
t { 'abc'[['a']] }
t { [1, 2, 3][[-1, 0] as Set] }
t { [1, 2, 3][[-4] as Set] }
t { [1, 2, 3].getAt([0, 2] as Set) }
t { [1, 2, 3][[a: 1].values()] }
t { [1, 2, 3][new LinkedList([0, 1])] }
t { [1, 2, 3][[1, 0] as TreeSet] }
t { [1, 2, 3][['b' as char]] }
