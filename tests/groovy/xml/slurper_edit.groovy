import groovy.xml.XmlUtil
def p = new XmlSlurper(false, false).parseText('<a x="1"><b>t</b><c/></a>')
p.b = 'new'
p.@x = '2'
p.appendNode { d(k: 'v', 'text') }
p.b.replaceBody('body')
println XmlUtil.serialize(p)
def q = new XmlSlurper().parseText('<a><b>1</b><b>2</b><c>3</c></a>')
q.b[0].replaceNode { z('Z') }
q.c.replaceNode {}
println XmlUtil.serialize(q).replaceAll(/\s*\n\s*/, '')
println XmlUtil.escapeXml('<a href="x">\'&\'</a>')
println new groovy.xml.StreamingMarkupBuilder().bind { mkp.yield p }.toString()
