def before = ['a', 'b', 'c'], after = ['b', 'c', 'd']
println "added ${after - before}, removed ${before - after}, kept ${before.intersect(after)}"
println((before + after).unique().sort())
println before.plus(after).countBy { it }.findAll { it.value > 1 }.keySet()
