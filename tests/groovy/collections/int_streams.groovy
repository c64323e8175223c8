import java.util.stream.*
// Static methods of interfaces by reference: the Groovy that made the expectations runs on a Java where they cannot be called directly twice.
def doubleStreamOf = DoubleStream.&of
def intStreamEmpty = IntStream.&empty
def intStreamIterate = IntStream.&iterate
def intStreamOf = IntStream.&of
def intStreamRange = IntStream.&range
def intStreamRangeClosed = IntStream.&rangeClosed
def longStreamRangeClosed = LongStream.&rangeClosed
println intStreamRange(0, 5).sum()
println intStreamRangeClosed(1, 5).boxed().collect(Collectors.toList())
println intStreamRange(0, 5).map { it * it }.toArray()
println intStreamRange(1, 4).mapToObj { "n$it" }.collect(Collectors.joining(','))
println intStreamOf(3, 1, 2).sorted().boxed().collect(Collectors.toList())
println intStreamOf(3, 1, 2).max().getAsInt()
println intStreamOf(1, 2, 3, 4).filter { it % 2 == 0 }.count()
println intStreamOf(1, 2).average().asDouble
println intStreamEmpty().average()
println intStreamOf(1, 2, 3).summaryStatistics()
println intStreamIterate(1) { it * 2 }.limit(6).boxed().collect(Collectors.toList())
println intStreamRangeClosed(1, 5).reduce(1) { a, b -> a * b }
println intStreamRangeClosed(1, 3).reduce { a, b -> a + b }
println intStreamRange(0, 3).anyMatch { it == 2 }
println intStreamRange(0, 3).allMatch { it < 2 }
println intStreamRange(0, 3).noneMatch { it > 5 }
intStreamRange(0, 3).forEach { print it }
println()
println longStreamRangeClosed(1, 3).sum()
println longStreamRangeClosed(1, 3).sum().class
println doubleStreamOf(1.5d, 2.5d).sum()
println([1, 2, 3].stream().mapToInt { it }.sum())
println(['a', 'bbb'].stream().mapToInt { it.length() }.max().asInt)
println Arrays.stream([4, 5, 6] as int[]).sum()
println intStreamRange(0, 10).skip(7).boxed().collect(Collectors.toList())
println intStreamRange(0, 3).asLongStream().sum().class
println intStreamRange(0, 4).mapToLong { it * 2L }.sum().class
println 'abc'.chars().sum()
println 'abc'.chars().mapToObj { (char) it }.collect(Collectors.toList())
println OptionalInt.of(4)
println OptionalInt.empty().isPresent()
