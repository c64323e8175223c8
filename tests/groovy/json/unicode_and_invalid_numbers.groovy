import groovy.json.*
try { println JsonOutput.toJson(Double.NaN) } catch (e) { println e.class.name + ': ' + e.message }
println JsonOutput.toJson([k: 'é'])
println JsonOutput.unescaped('{}').toString()
println JsonOutput.toJson([a: JsonOutput.unescaped('{"raw": 1}')])
