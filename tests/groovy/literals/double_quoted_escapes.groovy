def name = 'x'
println "tab\there"
println "dollar \$name and $name"
println "quote \" and '"
println "braces ${name}y"
println "joined \
line"
