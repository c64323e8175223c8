def größe = 3
def 名字 = 'n'
println größe + 名字
