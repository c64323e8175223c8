enum Env { DEV, TEST, PROD }
def urlOf(Env e) {
    switch (e) {
        case Env.DEV: return 'dev.local'
        case [Env.TEST, Env.PROD]: return "${e.name().toLowerCase()}.example.org"
        default: return 'none'
    }
}
Env.values().each { println urlOf(it) }
println urlOf(null)
