def x = 1
println undefinedName
