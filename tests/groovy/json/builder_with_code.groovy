// Loops and variables inside a builder's closure; what a bare name means there.
import groovy.json.JsonBuilder
def names = ['a', 'b']
def extra = [debug: true]
def b = new JsonBuilder()
b {
    total names.size()
    all names
    each_one names.collect { [n: it] }
    if (extra.debug) { debug 'yes' }
    extra.each { k, v -> "opt_$k" v }
    'quoted key' 1
    inner {
        for (n in names) { "item_$n" n.toUpperCase() }
    }
    gstring "v${names[0]}"
    dec 1.50
    when new Date(0)
}
println b.toPrettyString()
def config = new JsonBuilder()
config.with {
    it.call(a: 1)
}
println config
try { b { missing } } catch (MissingPropertyException e) { println e.property }
def slack = new JsonBuilder([attachments: [[color: 'good', fields: [[title: 't', value: "v${1}", short: true]]]]])
println slack.toString()
