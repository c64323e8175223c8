// subList is a part of its list: what is done to the one is seen in the other.
def list = [1, 2, 3, 4, 5, 6]
def part = list.subList(1, 4)
println part
part[0] = 20
part.set(1, 30)
println list
list[3] = 40
println part
part << 45
println "$list $part"
part.add(0, 15)
println "$list $part ${part.size()}"
part.remove(0)
part.removeAt(0)
println "$list $part"
part.addAll([7, 8])
part.addAll(1, [9, 9])
println "$list $part"
part.removeAll([9])
println "$list $part"
part.retainAll { it > 7 }
println "$list $part"
part.clear()
println "$list $part ${part.isEmpty()}"
part.add(100)
println "$list $part"

def letters = ('a'..'j') as List
letters = new ArrayList(letters)
letters.subList(2, 8).sort { a, b -> b <=> a }
println letters
Collections.reverse(letters.subList(0, 3))
println letters
Collections.swap(letters.subList(5, 9), 0, 3)
println letters
Collections.fill(letters.subList(8, 10), 'z')
println letters
letters.subList(0, 2).reverse(true)
println letters
Collections.rotate(letters.subList(0, 4), 1)
println letters
letters.subList(1, 9).removeAll { it < 'e' }
println letters
letters.subList(2, 4).clear()
println letters

// A part of a part.
def numbers = (1..10).toList()
def middle = numbers.subList(2, 8)
def inner = middle.subList(1, 4)
println "$middle $inner"
inner.add(99)
println "$numbers $middle $inner"
inner.clear()
println "$numbers $middle $inner"
middle.pop()
println "$numbers $middle"
println numbers.subList(0, 3) == [1, 2, 3]
println numbers.subList(0, 3).hashCode() == [1, 2, 3].hashCode()
println numbers.subList(0, 3) + [7]
println numbers.subList(1, 3).collect { it * 2 }
println numbers.subList(1, 3).join('-')
println numbers.subList(1, 3).indexOf(3)
println numbers.subList(1, 3)[-1]
println numbers.subList(1, 3)[5]
println numbers.subList(1, 3).contains(10)
println new ArrayList(numbers.subList(1, 3))
def copy = numbers.subList(1, 3).collect()
copy << 1
println numbers

// Iterators through it.
def it1 = numbers.subList(0, 4).iterator()
it1.next()
it1.next()
it1.remove()
println numbers
def it2 = numbers.subList(0, 2).listIterator()
it2.next()
it2.set(-1)
it2.add(-2)
println numbers
println numbers.subList(0, 0)
println numbers.subList(2, 2).with { add('here'); it }
println numbers
println((numbers.subList(0, 2) as Set).size())
println groovy.json.JsonOutput.toJson([a: numbers.subList(0, 2)])
def kept = [numbers.subList(0, 2)]
numbers[0] = 'changed'
println kept
println groovy.json.JsonOutput.toJson(kept)
for (x in numbers.subList(1, 3)) print "$x "
println()
def (a, b) = numbers.subList(0, 2)
println "$a $b"
println numbers.subList(1, 3).class.simpleName
try { numbers.subList(-1, 2) } catch (e) { println e }
try { numbers.subList(1, 200) } catch (e) { println e }
try { numbers.subList(3, 2) } catch (e) { println e }
try { numbers.subList(0, 2).get(2) } catch (e) { println e }
try { numbers.subList(0, 2).set(2, 1) } catch (e) { println e }
try { numbers.subList(0, 2).remove(2) } catch (e) { println e }
def linked = new LinkedList([1, 2, 3, 4])
linked.subList(1, 3).clear()
println linked
println([1, 2, 3].asImmutable().subList(0, 2))
try { [1, 2, 3].asImmutable().subList(0, 2).clear() } catch (e) { println e }
