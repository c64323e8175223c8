def x = new XmlParser().parseText('<p a="1"><n>app</n><m><i k="x">1</i><i>2</i></m></p>')
println x.n.text()
println x.@a
println x.m.i*.text()
println x.m.i[0].@k
println x.name()
println x.m[0].children().size()
println x.n[0].value()
println x.attributes()
println x.m.i.findAll { it.text() == '2' }.size()
