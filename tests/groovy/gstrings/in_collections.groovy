def x = 'a'
println(["${x}"].contains('a'))
println(['a'].contains("${x}"))
println("${x}" in ['a'])
println((['a'] as Set).contains("${x}"))
println(["${x}"] == ['a'])
println(["${x}", 'a'].unique().size())
println(["${x}", 'a'].toSet().size())
println(['a'].indexOf("${x}"))
