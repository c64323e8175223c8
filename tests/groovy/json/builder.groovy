import groovy.json.JsonBuilder
def b = new JsonBuilder()
b { name 'x'; list 1, 2; nested { a 1; b 'two' } }
println b.toString()
println new JsonBuilder([a: 1]).toString()
println new JsonBuilder([a: [1, 2]]).toPrettyString()
def c = new JsonBuilder()
c.root { k 'v' }
println c
println new JsonBuilder([x: 1]).content.x
