def m = [1: 'int', 2.5: 'dec', true: 'bool', null: 'n']
println m[1]
println m.get(true)
println m.keySet()*.getClass()*.simpleName
def k = [1, 2]
def n = [(k): 'list', ([a: 1]): 'map']
println n[[1, 2]]
println n[[a: 1]]
println m['1']
println([(1): 'a'][1L])
println([(null): 'x'][null])
