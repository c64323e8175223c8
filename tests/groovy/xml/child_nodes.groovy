// childNodes() of a slurped document: an iterator over what is directly below.
def shop = new XmlSlurper().parseText('<shop town="A"><item id="1">pen<sub/></item><item id="2">ink</item><empty/></shop>')
shop.childNodes().each { println "${it.name()} ${it.attributes()} ${it.text()}" }
def first = shop.childNodes().next()
println first.childNodes().collect { it.name() }
println shop.childNodes().hasNext()
println shop.empty.childNodes().hasNext()
