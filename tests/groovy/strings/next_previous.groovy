println 'a'.next()
println 'az'.next()
println 'b'.previous()
def s = 'x'
s++
println s
