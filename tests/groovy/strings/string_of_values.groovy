println String.valueOf(5)
println String.valueOf(null as Object)
println String.valueOf(true)
println String.valueOf(1.50)
println String.valueOf(['a', 'b'] as char[])
println String.valueOf([1, 2])
println 5 as String
println null.toString()
println Objects.toString(null, 'default')
