def s = [3, 1, 2, 1] as Set
println s
println s.class.name
println s.size()
println s.contains(1)
println s.add(1)
println s.add(9)
s << 7 << 7
println s
println s.remove(3)
println s
println 9 in s
