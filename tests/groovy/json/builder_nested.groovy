import groovy.json.*
def b = new JsonBuilder()
b.person {
    name 'Ann'
    age 30
    address { city 'X'; zip 123 }
    tags 'a', 'b'
    list([1, 2, [k: 'v']])
    nothing null
    flag true
}
println b
println b.toString().length()
println b.toPrettyString()
def c = new JsonBuilder([a: 1, b: [1, 2]])
println c.toString()
println new JsonBuilder(['x', 1, null]).toString()
def d = new JsonBuilder()
d(a: 1, b: 'two')
println d
d([1, 2, 3])
println d
d([1, 2]) { n -> number n; square n * n }
println d
d { title 'T'; items(['p', 'q']) { i -> id i; up i.toUpperCase() } }
println d
d.call { x 1 }
println d
d.root(k: 1) { more 2 }
println d
d.single()
println d
try { d.pair("a", "b") } catch (e) { println e.message }
println d
def w = new StringWriter()
d.writeTo(w)
println w
println JsonOutput.toJson(new JsonBuilder([z: 1]).content)
