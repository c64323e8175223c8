import java.util.stream.*
import java.util.function.*
def comparatorComparing = Comparator.&comparing
def comparatorNaturalOrder = Comparator.&naturalOrder
def comparatorReverseOrder = Comparator.&reverseOrder
def streamConcat = Stream.&concat
def streamEmpty = Stream.&empty
def streamIterate = Stream.&iterate
def streamOf = Stream.&of
def words = ['apple', 'bob', 'cat', 'apple', 'dove']
println words.stream().distinct().collect(Collectors.toList())
println words.stream().sorted(comparatorReverseOrder()).collect(Collectors.toList())
println words.stream().sorted { a, b -> a.size() <=> b.size() }.collect(Collectors.toList())
println words.stream().collect(Collectors.groupingBy { it.length() })
println words.stream().collect(Collectors.groupingBy({ it.length() } as Function, Collectors.counting()))
println words.stream().collect(Collectors.partitioningBy { it.length() > 3 })
println words.stream().distinct().collect(Collectors.toMap({ it }, { it.length() }))
println words.stream().collect(Collectors.joining(', ', '[', ']'))
println words.stream().map { it.toUpperCase() }.filter { it.startsWith('A') }.count()
println words.stream().findFirst().get()
println words.stream().filter { it == 'zzz' }.findFirst().isPresent()
println words.stream().filter { it == 'zzz' }.findFirst().orElse('none')
println words.stream().anyMatch { it == 'cat' }
println words.stream().reduce('') { a, b -> a + b[0] }
println words.stream().mapToInt { it.length() }.summaryStatistics()
println words.stream().flatMap { it.toList().stream() }.distinct().count()
println words.stream().limit(2).toArray()
println words.stream().skip(3).collect(Collectors.toSet())
println streamOf(1, 2, 3).map { it * 2 }.collect(Collectors.toList())
println streamIterate(1) { it + 1 }.limit(3).collect(Collectors.toList())
println streamConcat(streamOf(1), streamOf(2)).collect(Collectors.toList())
println streamEmpty().count()
println streamOf(5, 3).min(comparatorNaturalOrder()).get()
println words.stream().max(comparatorComparing { it.length() }).get()
println words.stream().collect(Collectors.counting())
println words.stream().collect(Collectors.summingInt { it.length() })
println words.stream().collect(Collectors.averagingInt { it.length() })
println words.stream().collect(Collectors.mapping({ it[0] }, Collectors.toList()))
println words.stream().collect(Collectors.toCollection { new TreeSet() })
println words.stream().collect(Collectors.reducing('') { a, b -> a + b.size() })
println words.stream().map { it.size() }.collect { it }
println words.parallelStream().map { it }.collect(Collectors.toList()).size()
println words.stream().toArray().length
try { words.stream().collect(Collectors.toMap({ it }, { 1 })) } catch (IllegalStateException e) { println e.message }
println words.stream().collect(Collectors.toMap({ it }, { 1 }, { a, b -> a + b }, { new TreeMap() }))
println words.stream().takeWhile { it != 'cat' }.collect(Collectors.toList())
println words.stream().dropWhile { it != 'cat' }.collect(Collectors.toList())
println words.iterator().next()
words.stream().forEach { print it.size() }
println()
