enum Level { LOW(1) { String tag() { 'l' } }, HIGH(10) { String tag() { 'H' } }; final int w; Level(int w) { this.w = w } ; abstract String tag(); static Level of(int n) { values().find { it.w >= n } } }
println Level.LOW.w
println Level.HIGH.w
println Level.values()*.w
println Level.values().find { it.w >= 5 }
println Level.of(5)
enum P { A('x'), B('y') { int n() { 2 } }; String s; P(String s) { this.s = s }; int n() { 1 } }
println P.values().collect { "$it.s ${it.n()}" }
