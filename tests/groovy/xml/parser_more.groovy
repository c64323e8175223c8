def text = '<project name="demo"><version>1.0</version><deps><dep s="t">a</dep><dep>b</dep></deps><m>one <b>two</b> three</m><e/></project>'
Node p = new XmlParser().parseText(text)
println p.name()
println p.@name
println p.attributes()
println p.attribute('name')
println p.version.text()
println p.version[0].text()
println p.version[0].value()
println p.deps[0].dep*.text()
println p.deps.dep.size()
println p.deps.dep[0].@s
println p.deps.dep.@s
println p.deps.dep[1].@s
println p.deps.dep.find { it.@s == 't' }.text()
println p.children().size()
println p.children()*.name()
println p.m[0].children()
println p.m.text()
println p.m[0].localText()
println p.e[0].text() == ''
println p.e[0].value()
println p.nothing
println p.nothing.text() == ''
println p.'**'.findAll { it instanceof Node }.collect { it.name() }
println p.depthFirst().size()
println p.breadthFirst().collect { it instanceof Node ? it.name() : it }
println p.version[0].parent().name()
println p.deps[0]
println p.deps
println p.get('version')
println p.get('@name')
println p.iterator().next().name()
p.version[0].value = '2.0'
println p.version.text()
p.version[0].setValue('3.0')
p.deps[0].appendNode('dep', [s: 'n'], 'c')
p.@name = 'other'
println p.attributes()
p.deps[0].remove(p.deps[0].dep[0])
println p.deps[0].dep*.text()
p.appendNode('added', 'x')
new Node(p, 'made', [k: 1], 'v')
println p.children()*.name()
println p.made[0].@k
p.e[0].replaceNode { f(1) }
println p.children()*.name()
println p.e.isEmpty()
