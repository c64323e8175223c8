// JSON: built, printed, parsed and changed.
import groovy.json.JsonOutput
import groovy.json.JsonSlurper
def data = [items: (1..3000).collect { [id: it, name: "item $it".toString(), tags: ['a', 'b', "t${it % 5}".toString()], price: it / 4, on: it % 2 == 0, none: null] }]
def text = JsonOutput.toJson(data)
def back = new JsonSlurper().parseText(text)
back.items.each { it.price = it.price * 2 }
def pretty = JsonOutput.prettyPrint(JsonOutput.toJson(back))
println "${text.length()} ${back.items.size()} ${back.items.sum { it.id }} ${pretty.readLines().size()}"
