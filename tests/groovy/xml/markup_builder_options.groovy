import groovy.xml.MarkupBuilder
def w = new StringWriter()
def x = new MarkupBuilder(new IndentPrinter(w, '', false))
x.a { b(1); c { d('x') } }
println w
w = new StringWriter()
x = new MarkupBuilder(w)
x.setOmitNullAttributes(true)
x.setOmitEmptyAttributes(true)
x.a(k: null, e: '', v: 'v') { b(n: null) }
println w
w = new StringWriter()
x = new MarkupBuilder(w)
x.expandEmptyElements = true
x.a { b(); c(q: 1) }
println w
w = new StringWriter()
x = new MarkupBuilder(w)
x.mkp.xmlDeclaration(version: '1.0', encoding: 'UTF-8')
x.project(xmlns: 'http://x') { 'a:b'('xmlns:a': 'u', 't') }
println w
w = new StringWriter()
x = new MarkupBuilder(w)
x.doc { "v${1 + 1}"('dyn'); text("multi\nline"); attr(q: "it's \"x\"\n<") }
println w
