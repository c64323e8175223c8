def s = 'a' << 'b'
println s
println s.class
s << 'c' << 1
println s
println s.toString() == 'abc1'
