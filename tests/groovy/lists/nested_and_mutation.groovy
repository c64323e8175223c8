def matrix = (0..2).collect { r -> (0..2).collect { c -> r * c } }
println matrix
matrix[1][1] = 'x'
println matrix
println matrix.collect { it.join(' ') }.join('\n')
println matrix*.getAt(1)
println matrix[2].sum()
