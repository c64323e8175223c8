def inc = { it + 1 }
def dbl = { it * 2 }
println((inc >> dbl)(3))
println((inc << dbl)(3))
println((inc >> dbl >> inc)(1))
println([1, 2].collect(inc >> dbl))
