def l = []
l << 1 << [2, 3]
println l
def sb = new StringBuilder()
sb << 'a' << 1
println sb
def s = 'x' << 'y'
println s
def m = [:]
m << [a: 1] << [b: 2]
println m
println([1] << 2)
