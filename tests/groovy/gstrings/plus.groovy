def x = 1
println(("$x" + 'a').class.name)
println(('a' + "$x").class.name)
println(("$x" + "$x").class.name)
println "$x" + 1
println "a$x" - 'a'
println(("a$x" * 2).class.name)
println "a$x"[0]
println "a$x".size()
