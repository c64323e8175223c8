println 5 > 3 ? 'a' : 'b'
println null ?: 'default'
println '' ?: 'empty'
println 0 ?: 'zero'
println 'v' ?: 'unused'
println([] ?: [1])
println false ? 1 : true ? 2 : 3
def x = null
println x?.size() ?: 'none'
println((x ?: [:]).size())
int calls = 0
def f = { calls++; 'once' }
println f() ?: 'no'
println calls
