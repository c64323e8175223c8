import groovy.json.JsonSlurper
def j = new JsonSlurper().parseText('{"a": 1, "b": 3000000000, "d": 1.50, "e": 2e3}')
println j.a.class
println j.b.class
println j.d + ' ' + j.d.class
println j.e
