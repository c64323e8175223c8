import groovy.json.JsonOutput
println JsonOutput.prettyPrint('{"a":1,"b":[1,2,{"c":null}],"d":{},"e":[]}')
println JsonOutput.prettyPrint(JsonOutput.toJson([name: 'x', list: ['a'], nested: [k: 'v"q"']]))
println JsonOutput.prettyPrint('[]')
println JsonOutput.prettyPrint('"text"')
