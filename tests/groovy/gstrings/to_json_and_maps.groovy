def n = 'x'
println groovy.json.JsonOutput.toJson([a: "v$n", "k$n": 1])
def m = [name: "v$n"]
println m.name == 'vx'
println m == [name: 'vx']
println m.name.class.simpleName
