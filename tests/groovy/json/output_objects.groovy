import groovy.json.JsonOutput
class P { String name; int age; def tags = ['x'] }
enum E { A, B }
println JsonOutput.toJson(new P(name: 'n', age: 3))
println JsonOutput.toJson([e: E.A])
println JsonOutput.toJson(new Date(0))
println JsonOutput.toJson([u: UUID.fromString('123e4567-e89b-12d3-a456-426614174000')])
println JsonOutput.toJson(new Expando(a: 1))
println JsonOutput.toJson([new P(name: 'q')])
