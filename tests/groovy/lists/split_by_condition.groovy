println([1, 2, 3, 4].split { it % 2 == 0 })
def (even, odd) = [1, 2, 3].split { it % 2 == 0 }
println even
println odd
