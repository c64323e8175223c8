def b = new BitSet()
b.set(1)
b.set(5)
println b
println b.get(5)
println b.cardinality()
