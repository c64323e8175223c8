enum Env { DEV, PROD }
def m = [(Env.DEV): 'd', (Env.PROD): 'p']
println m[Env.PROD]
println m
println new EnumMap(m)
println m.keySet()*.name()
