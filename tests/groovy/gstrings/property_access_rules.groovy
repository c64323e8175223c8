class P { String name = 'n'; def list = [1, 2]; String toString() { 'P!' } }
def p = new P()
println "$p"
println "$p.name"
println "${p.name.size()}"
println "$p.list"
println "${p.list[0]}"
println "$p.name()" == 'n()'
println "cost: \$${5}"
