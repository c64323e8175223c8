println Boolean.compare(true, false) + Boolean.compare(false, false)
println Boolean.logicalXor(true, false)
println Boolean.logicalAnd(true, false) || Boolean.logicalOr(false, true)
println Integer.divideUnsigned(-1, 2)
println Integer.remainderUnsigned(-1, 7)
println Integer.compareUnsigned(-1, 1)
println Integer.toUnsignedString(-1)
println Long.rotateLeft(1L, 65)
println Long.rotateRight(1L, 1)
println Long.highestOneBit(100L)
println Long.lowestOneBit(100L)
println Math.multiplyFull(2000000000, 3)
println 12G.andNot(4G)
println 5G.not()
println 5G.setBit(1) + 5G.clearBit(0) + 5G.flipBit(2) + 5G.clearBit(1)
println 5G.intValueExact() + 7G.longValueExact()
try { println 5000000000G.intValueExact() } catch (ArithmeticException e) { println e.message }
println Collections.indexOfSubList([1, 2, 3, 2, 3], [2, 3])
println Collections.lastIndexOfSubList([1, 2, 3, 2, 3], [2, 3])
println Collections.indexOfSubList([1], [1, 2])
def list = ['a', 'b', 'a']
println Collections.replaceAll(list, 'a', 'x')
println list
def v = new Vector()
v.addElement('one')
v.insertElementAt('zero', 0)
v.addElement('two')
v.setElementAt('TWO', 2)
println v
println v.firstElement() + v.lastElement() + v.elementAt(1)
v.removeElementAt(1)
println v
v.removeAllElements()
println v
println Objects.checkIndex(1, 2)
def n = new java.util.concurrent.atomic.AtomicLong(5)
println n.updateAndGet { it * 2 }
println n.getAndUpdate { it + 1 }
println n.accumulateAndGet(4) { a, b -> a + b }
def r = new java.util.concurrent.atomic.AtomicReference('a')
println r.accumulateAndGet('b') { a, b -> a + b }
println Objects.compare(1, 2, { a, b -> b <=> a } as Comparator)
