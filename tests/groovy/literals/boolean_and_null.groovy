println true
println false
println null
println true.class
println null.getClass()
println "${null}"
