import groovy.json.StreamingJsonBuilder
def w = new StringWriter()
def j = new StreamingJsonBuilder(w)
j.records {
    car {
        name 'HSV'
        year 2006
        tags 'a', 'b'
        list([1, 2])
        record { kind 'speed'; n null }
    }
    many([1, 2]) { v -> num v }
}
println w
w = new StringWriter()
new StreamingJsonBuilder(w)(a: 1, b: [c: 2])
println w
w = new StringWriter()
new StreamingJsonBuilder(w)([1, 'x', null])
println w
w = new StringWriter()
new StreamingJsonBuilder(w).call { x 1; y { z 'deep' } }
println w
w = new StringWriter()
new StreamingJsonBuilder(w)([1, 2]) { n -> num n }
println w
w = new StringWriter()
new StreamingJsonBuilder(w, [k: 'v'])
println w
w = new StringWriter()
try { new StreamingJsonBuilder(w).one(1) } catch (e) { println e.message }
println w
w = new StringWriter()
new StreamingJsonBuilder(w).top(a: 2)
println w
