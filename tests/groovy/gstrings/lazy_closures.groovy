def n = 1
def lazy = "n=${-> n}"
def eager = "n=${n}"
n = 2
println lazy
println eager
def w = "${w -> w << 'written'}"
println w
