def l = [[n: 1], [n: 2]]
println l*.n
println l.n
println(['a', 'b']*.size())
println([null, 'b']*.size())
println([]*.size())
println l*.get('n')
def nothing = null
println nothing*.size()
