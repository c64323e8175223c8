def x = 10
x += 5
println x
x -= 3
println x
x *= 2
println x
x /= 5
println x
println x.class
x = 17
x %= 5
println x
x **= 3
println x
x = 1
x <<= 3
x >>= 1
println x
def s = 'a'
s += 1
s += null
println s
s *= 2
println s
