def x = new XmlSlurper().parseText('<r><a><b v="1">x</b></a><a><b v="2">y</b></a><c>5</c></r>')
println x.a.b*.text()
println x.a.b.@v*.text()
println x.'**'.findAll { it.name() == 'b' }*.text()
println x.depthFirst().collect { it.name() }
println x.c.toInteger() + 1
println x.a[0].b.@v.toInteger()
println x.text()
println x.a.findAll { it.b.@v == '2' }.size()
println x.children()*.name()
println x.a.size()
