def steps = [:]
['x86', 'arm'].each { arch -> steps["build-$arch"] = { -> "built $arch" } }
steps.each { name, step -> println "$name: ${step()}" }
println steps*.value*.call()
println steps.collect { k, v -> k.class.simpleName }
