def tests = (1..10).collect { "test$it" }
def chunks = 3
println tests.withIndex().groupBy { t, i -> i % chunks }.collect { k, v -> v.collect { it[0] } }
println tests.collate(Math.ceil(tests.size() / chunks) as int)
println tests.groupBy { it[-1].toInteger() % chunks }.values()*.size()
