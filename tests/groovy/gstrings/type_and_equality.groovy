def x = 'a'
def g = "${x}"
println g.class.name
println "plain".class.name
println g == 'a'
println 'a' == g
println g.equals('a')
println 'a'.equals(g)
println g.hashCode() == 'a'.hashCode()
println g.toString().equals('a')
println(g instanceof GString)
println(g instanceof CharSequence)
