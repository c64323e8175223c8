def t = new TreeMap()
try { t.put(null, 1) } catch (e) { println e.class.name }
println t.get('x')
