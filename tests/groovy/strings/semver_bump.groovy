def bump = { String v, String part ->
    def (major, minor, patch) = v.tokenize('.')*.toInteger()
    switch (part) {
        case 'major': return "${major + 1}.0.0"
        case 'minor': return "${major}.${minor + 1}.0"
        default: return "${major}.${minor}.${patch + 1}"
    }
}
println bump('1.2.3', 'major')
println bump('1.2.3', 'minor')
println bump('1.2.9', 'patch')
