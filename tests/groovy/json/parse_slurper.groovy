import groovy.json.JsonSlurper
def j = new JsonSlurper().parseText('{"name": "x", "list": [{"id": 1}, {"id": 2}]}')
println j.name
println j.list*.id
println j.list.find { it.id == 2 }
println j.list.collect { it.id * 10 }
println j.missing
println j.list[0].id + 1
println j.list.size()
println j.name.class.simpleName
