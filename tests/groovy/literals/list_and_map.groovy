println([1, 'a', null, 2.5])
println([:])
println([])
println([a: 1, 'b c': 2, (1 + 1): 'two'])
def k = 'key'
println([(k): 1, "g$k": 2])
println([1, [2, [3]]])
println([a: [b: [c: 1]]])
