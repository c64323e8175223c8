class Builder {
    private Map parts = [:]
    Builder with(String k, v) { parts[k] = v; this }
    Builder name(String n) { parts.name = n; return this }
    Map build() { parts.asImmutable() }
}
println new Builder().name('x').with('a', 1).build()
println new Builder()
    .name('multi')
    .with('line', true)
    .build()
