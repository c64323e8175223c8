import groovy.xml.MarkupBuilder
def w = new StringWriter()
def xml = new MarkupBuilder(w)
xml.root(id: 1, 'data-x': "a<b&\"c\"") {
    item 'text & <more>'
    item(n: 2)
    item(n: 3, 'body')
    empty()
    'dashed-name'('d')
    nested {
        deep(a: null) { leaf 7 }
    }
    (1..2).each { i -> row(no: i, "r$i") }
}
println w
def out = new StringWriter()
def m = new MarkupBuilder(out)
m.doubleQuotes = true
m.html {
    head { title 'T' }
    body {
        h1('Hello', class: 'big')
        mkp.yield 'a < b'
        mkp.yieldUnescaped '<b>bold</b>'
        mkp.comment 'note'
        p { mkp.yield('mixed '); b 'bold'; mkp.yield(' end') }
    }
}
println out
