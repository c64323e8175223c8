println(([1, 2] as Set).class.name)
println(([1, 2] as LinkedList).class.name)
println(([1, 2] as int[]).class.simpleName)
println(([1, 2] as String[])[0].class.name)
println((1..2).toList().class.name)
println(([2, 1] as TreeSet))
ArrayList<String> typed = ['a']
println typed.class.name
List copy = new ArrayList(typed)
copy << 'b'
println typed.size()
println(new ArrayList<>([1, 2]))
println([1, 2].toSet().class.name)
