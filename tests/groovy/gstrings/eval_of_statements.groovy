println "${if (true) 'yes'}" 
println "${def z = 3; z * 2}"
println "${[1, 2].collect { it + 1 }}"
println "${'a'.with { it + 'b' }}"
