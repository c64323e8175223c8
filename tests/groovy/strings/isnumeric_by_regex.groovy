println '123' ==~ /\d+/
println '12a' ==~ /\d+/
println '' ==~ /\d*/
println '-1.5' ==~ /-?\d+(\.\d+)?/
