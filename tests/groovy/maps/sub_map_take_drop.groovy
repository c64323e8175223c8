def m = [a: 1, b: 2, c: 3]
println m.subMap(['a', 'c'])
println m.subMap('a', 'x')
println m.subMap(['a', 'zz'], 0)
println m.take(2)
println m.drop(2)
println m.takeWhile { k, v -> v < 2 }
println m.dropWhile { k, v -> v < 2 }
