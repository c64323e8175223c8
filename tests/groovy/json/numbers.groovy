import groovy.json.JsonSlurperClassic
def j = new JsonSlurperClassic().parseText('[1, -5, 3000000000, 12345678901234567890, 1.5, 1e3, 0.1, -0.0]')
j.each { println "$it ${it.class.simpleName}" }
