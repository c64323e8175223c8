def a = 5
def m = [b: [c: 'deep']]
println "a=$a"
println "sum=${a + 1}"
println "path=$m.b.c"
println "call=${m.size()}"
println "$a$a"
println "nested ${"inner ${a}"}"
println "email: user@${a}.com"
println "empty=${}|"
