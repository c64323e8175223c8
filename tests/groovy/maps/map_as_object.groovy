class Point { int x; int y; String toString() { "($x,$y)" } }
println([x: 1, y: 2] as Point)
Point p = [x: 3, y: 4]
println p
println new Point(x: 5)
def r = [run: { println 'ran' }] as Runnable
r.run()
def c = [compare: { a, b -> b <=> a }] as Comparator
println([1, 2, 3].sort(c))
