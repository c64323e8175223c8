def g = new int[2][3]
g[0][1] = 5
println g
println g.length
println g[0].length
def o = new Object[2]
o[0] = 'x'
println o
int[][] m = [[1, 2], [3, 4]]
println m[1][0]
println m*.sum()
