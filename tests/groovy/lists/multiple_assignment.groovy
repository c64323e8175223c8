def (a, b) = [1, 2]
println a + b
def (c, d, e) = [1, 2]
println e
(a, b) = [b, a]
println "$a $b"
def (String x, int y) = ['s', 5]
println x + y
def (h, t) = ['x', 'y', 'z']
println t
