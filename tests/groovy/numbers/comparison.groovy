println 1 < 2
println 1.0 <= 1
println 2L > 1.5
println 1 <=> 2
println 2 <=> 1.0
println 1G <=> 1
println 1 != 1.0
println 3 == '3'
println 'a' < 'b'
println null < 1
println null == 0
println 1.compareTo(2)
println 1.5d <=> 1.5
