enum Level { HIGH, MID, LOW }
def m = new EnumMap(Level)
m[Level.LOW] = 1
m.put(Level.HIGH, 3)
m[Level.MID] = 2
println m
println m.keySet()
println m.values()
println m[Level.HIGH]
println m.get(Level.LOW)
println m.containsKey(Level.MID)
println m.size()
m.remove(Level.MID)
println m
println m instanceof Map
println m.collect { k, v -> "$k=$v" }
println m.entrySet().first().key
println m.getOrDefault(Level.MID, 9)
m.each { k, v -> println "$k -> $v" }
println m == [(Level.HIGH): 3, (Level.LOW): 1]
println new EnumMap([(Level.LOW): 'l', (Level.HIGH): 'h'])
println m.find { it.value == 1 }.key
try { m.put(null, 1) } catch (NullPointerException e) { println 'no null' }
