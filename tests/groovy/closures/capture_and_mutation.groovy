int total = 0
[1, 2, 3].each { total += it }
println total
def makeCounter = {
    int n = 0
    return { ++n }
}
def c = makeCounter()
c()
println c()
def d = makeCounter()
println d()
