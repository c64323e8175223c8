class P { int x; int y; P(int x, int y) { this.x = x; this.y = y } }
def p = [1, 2] as P
println p.x + p.y
P q = [3, 4]
println q.y
Set s = [1, 1, 2]
println s
LinkedList l = [1, 2]
println l.class.simpleName
String[] arr = ['a', 'b']
println arr.length
int[] ints = [1, 2]
println ints.sum()
Date d = new Date(0)
println d.time
