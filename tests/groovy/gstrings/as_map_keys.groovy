def k = 'k'
def m = [:]
m["${k}1"] = 1
println m['k1']
println m.containsKey('k1')
def lit = ["${k}1": 1]
println lit.containsKey('k1')
println lit['k1']
println lit.keySet().first().class.name
m.put("${k}2", 2)
println m.containsKey('k2')
println m.get('k2')
println m."${k}1"
m."${k}3" = 3
println m.k3
