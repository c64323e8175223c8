def m = 'k1=v1, k2=v2' =~ /(\w+)=(\w+)/
m.each { all, k, v -> println "$k -> $v" }
('a1b2' =~ /\d/).each { println it }
println(('a1b2' =~ /\d/).collect { it.toInteger() * 2 })
while (m.find()) { println m.group(1) }
for (x in ('p1q2' =~ /[a-z]/)) print x
println()
