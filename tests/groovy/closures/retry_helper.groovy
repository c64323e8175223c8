def attempts = 0
def retry = { int n, Closure body ->
    for (int i = 1; ; i++) {
        try { return body(i) } catch (e) { if (i >= n) throw e; println "attempt $i failed: ${e.message}" }
    }
}
println retry(3) { i -> if (i < 3) throw new RuntimeException("no $i"); "ok after $i" }
try { retry(2) { throw new RuntimeException('always') } } catch (e) { println "gave up: ${e.message}" }
