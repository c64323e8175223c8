try { println 7.5 % 2 } catch (UnsupportedOperationException e) { println e.message }
println 7.5.remainder(2)
println 7.5.toBigInteger() % 2
