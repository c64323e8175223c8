def config = [:]
def dsl = { Closure body ->
    body.delegate = config
    body.resolveStrategy = Closure.DELEGATE_FIRST
    body()
    config
}
println dsl { image = 'alpine'; tag = '3' }
println dsl { image += ':x' }
