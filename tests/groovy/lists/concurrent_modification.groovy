def l = [1, 2, 3]
try {
    for (x in l) { if (x == 1) l.remove((Object) 3) ; l.add(9) }
} catch (e) { println e.class.name }
def it = [1, 2, 3].iterator()
while (it.hasNext()) { if (it.next() == 2) it.remove() }
def k = [1, 2, 3]
k.removeIf { it == 2 }
println k
