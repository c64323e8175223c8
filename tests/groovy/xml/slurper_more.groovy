def text = '''<?xml version="1.0"?>
<project name="demo">
  <!-- c -->
  <modules><module>a</module><module>b</module></modules>
  <deps>
    <dep scope="test"><id>junit</id><v>4.12</v></dep>
    <dep scope="run"><id>log</id><v>1.0</v></dep>
    <dep><id>x</id><v>2</v></dep>
  </deps>
  <mixed>one <b>two</b> three</mixed>
  <n>42</n><d>1.5</d><t>true</t>
</project>'''
def p = new XmlSlurper().parseText(text)
println p.name()
println p.@name
println p.'@name'.text()
println p.modules.module*.text()
println p.modules.module.collect { it.text() }
println p.modules.module[1]
println p.modules.module.size()
println p.deps.dep.find { it.@scope == 'run' }.id
println p.deps.dep.findAll { it.v.text() > '1.5' }.id*.text()
println p.deps.dep.@scope
println p.deps.dep*.@scope*.text()
println p.deps.dep.size()
println p.deps.dep[0].children().size()
println p.deps.dep[0].children()*.name()
println p.'**'.findAll { it.name() == 'id' }*.text()
println p.depthFirst().findAll { it.name() == 'v' }.size()
println p.breadthFirst().collect { it.name() }
println p.nothing.text().isEmpty()
println p.nothing.size()
println p.nothing.deep.er.isEmpty()
println p.mixed
println p.mixed[0].localText()
println p.n.toInteger() + 1
println p.d.toBigDecimal() + 1
println p.d.toDouble()
println p.t.toBoolean()
println p.n == 42
println p.n == '42'
println p.n.text() == '42'
println p.deps.dep.id.join(',')
println p.deps.dep.any { it.id == 'log' }
println p.deps.dep.every { it.@scope != '' }
println p.deps.dep.list().size()
println p.deps.dep[0].parent().name()
println p.deps.dep[0].'..'.name()
println p.deps.dep[0].@scope.name()
println p.deps.dep[0].attributes()
println p.children().collect { it.name() }
println p.deps.dep.collectEntries { [(it.id.text()): it.v.text()] }
println p.deps.dep.groupBy { it.@scope.text() }.keySet()
println p.deps.dep.sort { it.id.text() }*.id
println p.modules.module.iterator().next()
println p.text().trim().replaceAll(/\s+/, ' ')
println p.modules ? 'yes' : 'no'
println p.nope ? 'yes' : 'no'
println "module: ${p.modules.module[0]}"
println p.modules.module[0].toString().length()
println p.modules.'*'.size()
