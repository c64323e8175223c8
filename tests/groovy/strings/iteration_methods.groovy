println 'hello'.findAll { it in ['l', 'o'] }
println 'hello'.any { it == 'e' }
println 'hello'.every { it < 'p' }
println 'hello'.find { it > 'h' }
println 'hello'.collect { it * 2 }.join('')
println 'hello'.inject('') { acc, c -> c + acc }
println 'hello'.eachWithIndex { c, i -> print "$i$c " }
println 'hello'.toList().groupBy { it }.collectEntries { k, v -> [k, v.size()] }
println 'abc'.toList().withIndex()
