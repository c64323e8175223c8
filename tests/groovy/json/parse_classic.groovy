import groovy.json.JsonSlurperClassic
def j = new JsonSlurperClassic().parseText('{"a": 1, "b": [1, 2.5, "x", null, true], "c": {"d": "e"}}')
println j
println j.a.class
println j.b[1].class
println j.c.d
println j.getClass().simpleName
println j.b.getClass().simpleName
println j.b.size()
println j.keySet()
