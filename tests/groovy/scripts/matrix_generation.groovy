def axes = [os: ['linux', 'mac'], jdk: [11, 17]]
def cells = [[:]]
axes.each { name, values -> cells = cells.collectMany { c -> values.collect { v -> c + [(name): v] } } }
cells.each { println it }
println cells.findAll { !(it.os == 'mac' && it.jdk == 11) }.size()
println axes.values().toList().combinations().collect { it.join('-') }
