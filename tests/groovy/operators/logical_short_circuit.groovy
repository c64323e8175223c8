def log = []
def t = { log << 't'; true }
def f = { log << 'f'; false }
println f() && t()
println t() || f()
println log
println !''
println !'a'
println(![] && !null)
println(true & false)
println(true | false)
println(true ^ true)
def b = true
b &= false
println b
b |= true
println b
