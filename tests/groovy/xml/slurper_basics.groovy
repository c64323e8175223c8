def x = new XmlSlurper().parseText('''<project a="1"><name>app</name>
<modules><module id="m1">one</module><module id="m2">two</module></modules></project>''')
println x.name.text()
println x.name
println x.@a
println x.modules.module.size()
println x.modules.module[1].text()
println x.modules.module*.text()
println x.modules.module.collect { it.@id.text() }
println x.modules.module.find { it.@id == 'm2' }.text()
println x.name()
println x.missing.text() + '|'
println x.modules.children().size()
println x.missing.isEmpty()
