enum Level { LOW, HIGH }
try { Level.valueOf('MID') } catch (IllegalArgumentException e) { println e.message }
println 'LOW' as Level
Level l = 'HIGH'
println l
println(Level.values()*.name())
