def l = [1, 2, 3]
l[5..6] = 'z'
println l
l[1..0] = []
println l
l[0..<0] = ['q']
println l
l[-1..-2] = [7, 8, 9]
println l
[{ it[1..-9] = [1] }, { it[9..<9] = 'x' }, { it[-9..0] = 1 }].each { c -> try { c(l); println l } catch (IndexOutOfBoundsException e) { println e.message } }
println l
