def v = '1.2'
def g = "v${v}"
println g.toUpperCase()
println g.split(/\./).toList()
println g.replaceAll(/\d/, '#')
println g.contains('1.2')
println g.startsWith('v')
println g.length()
println g.tokenize('.')
println g.substring(1)
println g.values
println g.strings
println g.valueCount
