import groovy.json.*
def j = new JsonSlurperClassic().parseText('{"version": "1.0", "deps": {"a": "1"}}')
j.version = '1.1'
j.deps.b = '2'
j.remove('nothing')
j.list = [1]
println JsonOutput.toJson(j)
println new JsonSlurperClassic().parseText(JsonOutput.toJson(j)) == j
