import groovy.xml.XmlUtil
def n = new XmlParser().parseText('<a x="1"><b>t</b><c/><d>x &amp; y</d></a>')
def w = new StringWriter()
new XmlNodePrinter(new PrintWriter(w)).print(n)
println w
w = new StringWriter()
def p = new XmlNodePrinter(new PrintWriter(w), '    ')
p.preserveWhitespace = true
p.print(n)
println w
println XmlUtil.serialize(n)
w = new StringWriter()
new NodePrinter(new PrintWriter(w)).print(n)
println w
println groovy.xml.XmlUtil.serialize('<r><q>1</q></r>')
def b = new NodeBuilder()
def r = b.people(kind: 'folks') { person(name: 'A'); person(name: 'B', 'text') }
println r.person.size()
println r.person*.@name
println r
println r.@kind
