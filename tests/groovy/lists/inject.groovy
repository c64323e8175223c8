println([1, 2, 3].inject(0) { acc, x -> acc + x })
println([1, 2, 3].inject { a, b -> a * b })
println(['a', 'b'].inject('') { s, x -> s + x })
println([].inject(5) { a, b -> a + b })
println([[a: 1], [b: 2]].inject([:]) { m, x -> m + x })
try { [].inject { a, b -> a } } catch (e) { println e.class.name }
