class At { String x = 'field'; String getX() { 'getter' } ; int[] arr = [1, 2] }
def a = new At()
println a.x
println a.@x
a.@x = 'set'
println a.@x
println a.arr[1]
println a.arr.length
