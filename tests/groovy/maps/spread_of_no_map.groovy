// Only a map can be spread into a map.
def named(Map arguments) { arguments }
for (value in [1, 'x', [1, 2], 1.5, [a: 2, b: 3]]) {
    try {
        println([a: 1, *: value])
    } catch (e) {
        println "${e.class.name}: ${e.message}"
    }
}
try {
    println named(*: [1])
} catch (SpreadMapEvaluatingException e) {
    println e.message
}
println named(*: [k: 1], m: 2)
