def q = new LinkedList([1, 2]); q.push(0); println q
println q.pop(); println q
q.add(5); println q.pop() + ' ' + q
LinkedList t = new LinkedList([1, 2]); t.push(0); println t; println t.pop(); println t
def l = [1, 2]; l.push(0); println l; println l.pop()
def ad = new ArrayDeque([1, 2]); ad.push(0); println ad; println ad.pop()
def st = [1, 2] as Stack; st.push(3); println st + ' ' + st.pop() + st.getClass()
def s2 = [] as Stack; s2 << 1; println s2.getClass().name + s2
println(([3, 1] as LinkedList).getClass().name); println(([3, 1] as ArrayDeque).getClass().name); println(([3, 1] as PriorityQueue).poll()); println(([1] as Vector).getClass())
def v = new Vector([1, 2]); println v
try { println new Stack([1]) } catch (e) { println e.message }
println(([1, 2] as LinkedHashSet).getClass()); println(([1, 2] as HashSet).getClass()); println(([1, 2] as TreeSet).getClass()); println([1, 2].toSet().getClass())
