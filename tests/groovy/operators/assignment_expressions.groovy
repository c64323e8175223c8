def a, b
a = b = 5
println a + b
def c = (a = 7) + 1
println c + a
def l = [1]
l[0] += 5
println l
def m = [k: 1]
m.k *= 10
m['k'] -= 3
println m
def s = 'a'
s += 'b'
s = s + 'c'
println s
def x = null
x = x ?: 'set'
println x
if ((a = 0)) println 'never' else println 'assigned zero'
