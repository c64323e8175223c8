enum Level { LOW, MID, HIGH }
println((Level.LOW..Level.HIGH).toList())
for (l in Level.LOW..Level.MID) print l
println()
println Level.MID in Level.LOW..Level.HIGH
