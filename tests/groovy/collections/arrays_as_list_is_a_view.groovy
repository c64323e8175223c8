// Arrays.asList(array) and `array as List`: the first writes through to the array and keeps its size.
String[] array = ['a', 'b', 'c']
def list = Arrays.asList(array)
list[0] = 'x'
list.set(1, 'y')
println array
array[2] = 'z'
println list
println list.size()
for (c in [{ list.add('w') }, { list << 'w' }, { list.remove(0) }, { list.remove('x') }, { list.clear() }, { list.addAll(['w']) },
           { list.removeAll(['x']) }, { list.retainAll(['y']) }, { list.add(0, 'w') }, { list.pop() }, { list.iterator().with { next(); remove() } }]) {
    try { c(); println 'done' } catch (e) { println e }
}
println list
Collections.sort(list)
println "$list $array"
Collections.reverse(list)
println "$list $array"
list.sort { it == 'y' ? 0 : 1 }
println "$list $array"
try { list[7] = 'far' } catch (e) { println e }
try { list.get(7) } catch (e) { println e }
try { list.set(0, 5) } catch (e) { println e }
try { list[0] = 5 } catch (e) { println e }
println "$list $array"
def it = list.listIterator()
it.next()
it.set('first')
println array
def part = list.subList(1, 3)
part[0] = 'part'
println array
try { part.clear() } catch (e) { println e }
println list.class.name
println list == ['first', 'part', array[2]]
Object[] objects = [1, 2, 3]
def numbers = objects.toList()
numbers << 4
println objects
def cast = objects as List
cast << 5
println objects
println Arrays.asList(1, 2, 3)
println Arrays.asList([1, 2] as int[]).size()
println Arrays.asList([1, 2] as Integer[]).size()
println Arrays.asList().size()
def kept = [Arrays.asList(objects)]
objects[0] = 'new'
println kept
println groovy.json.JsonOutput.toJson(kept)
println Arrays.asList(objects).collect { "<$it>" }
Collections.fill(Arrays.asList(objects), 0)
println objects
