println 1 == 1L
println 1.equals(1L)
println 1.0 == 1
println 1.0 == 1.00
println 1.0.equals(1.00)
println 'a' == 'a'
println([1] == [1L])
println 1.hashCode() == 1L.hashCode()
