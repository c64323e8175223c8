// What each of JsonSlurper's parsers takes beyond the standard; LAX takes what people write by hand.
import groovy.json.JsonException
import groovy.json.JsonParserType
import groovy.json.JsonSlurper
import groovy.json.JsonSlurperClassic

def texts = ['{"a": 1}', '{a: 1}', "{'a': 'b'}", "{'a': 'b\"c'}", '{"a": 1, /* c */ "b": 2}', '{"a": 1, // c\n "b": 2}', '{"a": 1, # c\n "b": 2}',
    '/* c */ {"a":1}', '{"a": 1} // end', '{"a": 1,}', '{a: b}', '{a: hello world}', '{a: true, b: null, c: false}', '[a, b]', '[true]', "['a', \"b\"]",
    '{"a": "b\nc"}', '{"a": "b\tc"}', '{a.b: 1}', '{a-b: 1}', '{a_b: 1}', '{$a: 1}', '{1: 2}', '{"a": 01}', '{"a": 1e5}', '{"a": 1} x',
    '[', '{"a" 1}', '{"a": "\\u0041\\n"}', "{'a': '\\u0041\\n'}", '{a: "2014-01-01"}', '{ a : [ { b : \'c\' }, 2 ] , d : { e : -1.5 } }',
    '{a: 12345678901234}', '{a b: 1}', '{"a": \'x\', b: "y"}', '{"a":"\\/b"}', '{}', '[]', '{/* only */}', '{a: "x" /* c */ }', '{"a": 1 # c\n}',
    '{"url": http://x.y/z}', "{'a b': 1}", "{a: 'x\\\\y'}", '{ \'k\' : "v" , }', '{"a": +1}', '{a: NaN}', '{"a":\n{b:\n[c,\nd]\n}\n}']
def shown = { it instanceof Map ? it.collectEntries { k, v -> [k, v] }.inspect() : it.inspect() }
for (type in JsonParserType.values()) {
    println "-- $type"
    for (t in texts) {
        try {
            println "${t.inspect()} ${shown(new JsonSlurper().setType(type).parseText(t))}"
        } catch (JsonException e) {
            println "${t.inspect()} refused"
        }
    }
}
println '-- classic'
for (t in ['{"a":1} x', '{"a":1,}', '[1,]', '{"a":01}', '{a:1}', "{'a':1}", '/* */ {}', '{"a":"b\nc"}']) {
    try {
        println "${t.inspect()} ${shown(new JsonSlurperClassic().parseText(t))}"
    } catch (JsonException e) {
        println "${t.inspect()} refused"
    }
}
println new JsonSlurper(type: JsonParserType.LAX).type
println new JsonSlurper().with { [type, chop, lazyChop, checkDates, maxSizeForInMemory] }
println new JsonSlurper().setChop(true).setLazyChop(false).setMaxSizeForInMemory(10).parseText('{"a":1}')
println new JsonSlurper(type: JsonParserType.LAX).parse(new StringReader("{a: 'read'} // and more")).a
println new JsonSlurper(type: JsonParserType.LAX).parse("{a: 'bytes'}".bytes).a
