def l = [1, 2, 3, 4]
println l.take(2)
println l.drop(2)
println l.take(9)
println l.drop(9)
println l.takeWhile { it < 3 }
println l.dropWhile { it < 3 }
println l.takeRight(2)
println l.dropRight(1)
println l.head()
println l.tail()
println l.init()
println([1].tail())
