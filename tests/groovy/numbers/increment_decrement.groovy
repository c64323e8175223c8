def i = 5
println i++
println i
println(++i)
println i--
println(--i)
def d = 1.5
d++
println d
def c = 'a'
c++
println c
def list = [1, 2]
list[0]++
println list
def m = [n: 1]
m.n++
m.n += 1
println m
