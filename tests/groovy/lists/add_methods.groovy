def l = []
println l.add(1)
l << 2 << 3
l += 4
l += [5, 6]
l.addAll([7, 8])
l.add(0, 'first')
l.push('pushed')
l.addAll(1, ['a', 'b'])
println l
println l.plus(9).size()
l.leftShift([1])
println l.last()
