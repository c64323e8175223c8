println 'hello'.take(2)
println 'hello'.take(99)
println 'hello'.drop(2)
println 'hello'.drop(99) + '|'
println 'hello'.takeWhile { it != 'l' }
println 'hello'.dropWhile { it != 'l' }
println 'hello'.take(0) + '|'
println 'hello'.toList().takeRight(2)
