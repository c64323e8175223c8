import groovy.json.*
for (t in ['{', '{"a": }', '[1, 2', 'nope', '']) {
    try { println new JsonSlurperClassic().parseText(t) } catch (e) { println e.class.name }
}
try { new JsonSlurper().parseText(null) } catch (e) { println e.class.name + ': ' + e.message }
