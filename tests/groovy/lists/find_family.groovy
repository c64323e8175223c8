def l = [1, 2, 3, 4, 5]
println l.find { it > 2 }
println l.find { it > 9 }
println l.findAll { it % 2 }
println l.findIndexOf { it == 3 }
println l.findIndexOf { it == 99 }
println l.findLastIndexOf { it < 4 }
println l.findIndexValues { it > 3 }
println l.findResult { it > 3 ? "found $it" : null }
println l.findResult('none') { null }
println l.findResults { it > 3 ? it * 10 : null }
println([0, '', null, 'x', []].findAll())
println([0, 'y'].find())
