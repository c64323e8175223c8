def n = 1
def g = "n=$n"
n = 2
println g
def list = [1]
def h = "list=$list"
list << 2
println h
