println 1 <=> 2
println 'b' <=> 'a'
println null <=> 1
println 1 <=> null
println null <=> null
println true <=> false
println 1.5 <=> 1.50
println([3, 1].sort { a, b -> a <=> b })
println new Date(1) > new Date(0)
println 'a' <= 'a'
println 2 >= 3
