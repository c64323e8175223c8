println Math.addExact(1, 2)
try { Math.addExact(Integer.MAX_VALUE, 1) } catch (e) { println e }
try { Math.multiplyExact(Integer.MAX_VALUE, 2) } catch (e) { println e }
try { Math.toIntExact(5000000000L) } catch (e) { println e }
println Math.toIntExact(5L)
println Math.negateExact(5)
