def grid = []
for (y in 0..2) { def row = ''; for (x in 0..3) { row += (x + y) % 2 ? '#' : '.' }; grid << row }
println grid.join('\n')
