enum P { LOW, MID, HIGH }
def m = new TreeMap([(P.HIGH): 1, (P.LOW): 2])
println m
println([P.HIGH, P.LOW, P.MID].sort())
println([P.HIGH, P.LOW].max())
println P.HIGH.compareTo(P.LOW)
println([P.LOW, P.LOW] as Set)
println EnumSet.of(P.HIGH, P.LOW)
println EnumSet.allOf(P)
println EnumSet.noneOf(P)
