def config = [:]
def body = {
    name = 'app'
    replicas = 3
    labels = [tier: 'web']
}
body.resolveStrategy = Closure.DELEGATE_FIRST
body.delegate = config
body()
println config
