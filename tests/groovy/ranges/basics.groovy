def r = 1..5
println r
println r.size()
println r.from
println r.to
println r.class.name
println r.contains(3)
println r[0]
println r[-1]
println r.toList()
println (1..<5)
println((1..<5).toList())
println((5..1).toList())
println((5..1).isReverse())
println((0..<0).toList())
println((0..0).size())
