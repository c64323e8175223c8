// java.util.stream: a stream is a native object of an iterator, and each operation wraps it in another, so that elements
// pass one by one, as in Java, and endless streams are no matter. An operation takes the iterator out of its stream.

class WindlassPulled implements Iterator {
    private final Closure pull
    private List held
    private boolean ended

    WindlassPulled(Closure pull) {
        this.pull = pull
    }

    boolean hasNext() {
        if (held == null && !ended) {
            held = pull.call()
            ended = held == null
        }
        return held != null
    }

    Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException()
        }
        def value = held[0]
        held = null
        return value
    }

    void remove() {
        throw new UnsupportedOperationException('remove')
    }
}

/** An iterator of what `pull` gives: a list of one element, or null at the end. */
static Iterator __pulled(Closure pull) {
    return new WindlassPulled(pull)
}

static Iterator __source(Object stream) {
    def source = stream.__content()
    if (source == null) {
        throw new IllegalStateException('stream has already been operated upon or closed')
    }
    stream.__set(null)
    return source
}

static List __all(Object stream) {
    def source = __source(stream)
    def out = []
    while (source.hasNext()) {
        out.add(source.next())
    }
    return out
}

static Object __same(Object stream, Iterator items) {
    if (stream instanceof java.util.stream.IntStream) return java.util.stream.IntStream.__of(items)
    if (stream instanceof java.util.stream.LongStream) return java.util.stream.LongStream.__of(items)
    if (stream instanceof java.util.stream.DoubleStream) return java.util.stream.DoubleStream.__of(items)
    return java.util.stream.Stream.__of(items)
}

static Object __new(Class kind, Iterator items) {
    if (kind == java.util.stream.IntStream) return java.util.stream.IntStream.__of(items)
    if (kind == java.util.stream.LongStream) return java.util.stream.LongStream.__of(items)
    return kind == java.util.stream.DoubleStream ? java.util.stream.DoubleStream.__of(items) : java.util.stream.Stream.__of(items)
}

static Object __applied(Object function, Object... args) {
    if (function instanceof Closure) {
        return function.call(*args)
    }
    for (name in ['apply', 'test', 'accept', 'applyAsInt', 'applyAsLong', 'applyAsDouble', 'compare', 'get', 'call']) {
        if (function.respondsTo(name)) {
            return function."$name"(*args)
        }
    }
    return function.call(*args)
}

/** A primitive stream's elements have its type. */
static Object __typed(Object stream, Object value) {
    if (stream instanceof java.util.stream.IntStream) return value as int
    if (stream instanceof java.util.stream.LongStream) return value as long
    if (stream instanceof java.util.stream.DoubleStream) return value as double
    return value
}

// ---- sources

static Object stream(Collection self) { return java.util.stream.Stream.__of(self.iterator()) }
static Object parallelStream(Collection self) { return java.util.stream.Stream.__of(self.iterator()) }
static Object stream(Object[] self) { return java.util.stream.Stream.__of(self.iterator()) }

static Object stream(Class<Arrays> self, Object items) {
    def type = items.getClass().getComponentType()
    if (type == int) return java.util.stream.IntStream.__of(items.iterator())
    if (type == long) return java.util.stream.LongStream.__of(items.iterator())
    if (type == double) return java.util.stream.DoubleStream.__of(items.iterator())
    return java.util.stream.Stream.__of(items.iterator())
}

static Object stream(Class<Arrays> self, Object items, int from, int to) {
    return stream(self, items[from..<to].asType(items.getClass()))
}

static Object lines(String self) { return java.util.stream.Stream.__of(self.readLines().iterator()) }
static Object splitAsStream(java.util.regex.Pattern self, CharSequence text) { return java.util.stream.Stream.__of(self.split(text).iterator()) }

static Object of(Class<java.util.stream.Stream> self, Object... items) { return java.util.stream.Stream.__of(items.iterator()) }
static Object ofNullable(Class<java.util.stream.Stream> self, Object item) { return java.util.stream.Stream.__of((item == null ? [] : [item]).iterator()) }
static Object of(Class<java.util.stream.IntStream> self, int... items) { return java.util.stream.IntStream.__of(items.iterator()) }
static Object of(Class<java.util.stream.LongStream> self, long... items) { return java.util.stream.LongStream.__of(items.iterator()) }
static Object of(Class<java.util.stream.DoubleStream> self, double... items) { return java.util.stream.DoubleStream.__of(items.iterator()) }
static Object empty(Class<java.util.stream.BaseStream> self) { return __new(self, [].iterator()) }

static Iterator __counted(Object from, Object end) {
    def next = from
    return __pulled({ ->
        if (next >= end) {
            return null
        }
        def out = [next]
        next = next + 1
        return out
    })
}

static Object range(Class<java.util.stream.IntStream> self, int from, int to) { return java.util.stream.IntStream.__of(__counted(from, to)) }
static Object range(Class<java.util.stream.LongStream> self, long from, long to) { return java.util.stream.LongStream.__of(__counted(from, to)) }

static Object rangeClosed(Class<java.util.stream.IntStream> self, int from, int to) {
    return java.util.stream.IntStream.__of(__pulled(__upTo(from, to)))
}

static Object rangeClosed(Class<java.util.stream.LongStream> self, long from, long to) {
    return java.util.stream.LongStream.__of(__pulled(__upTo(from, to)))
}

static Closure __upTo(Object from, Object last) {
    def next = from
    boolean ended = from > last
    return { ->
        if (ended) {
            return null
        }
        def out = [next]
        ended = next == last
        next = next + 1
        return out
    }
}

static Iterator __iterated(Object seed, Object more, Object step) {
    def value = seed
    boolean first = true
    return __pulled({ ->
        if (!first) {
            value = __applied(step, value)
        }
        first = false
        return more == null || __applied(more, value) ? [value] : null
    })
}

static Object iterate(Class<java.util.stream.Stream> self, Object seed, Object step) { return java.util.stream.Stream.__of(__iterated(seed, null, step)) }
static Object iterate(Class<java.util.stream.Stream> self, Object seed, Object more, Object step) { return java.util.stream.Stream.__of(__iterated(seed, more, step)) }
static Object iterate(Class<java.util.stream.IntStream> self, int seed, Object step) { return java.util.stream.IntStream.__of(__iterated(seed, null, step)) }
static Object iterate(Class<java.util.stream.IntStream> self, int seed, Object more, Object step) { return java.util.stream.IntStream.__of(__iterated(seed, more, step)) }
static Object iterate(Class<java.util.stream.LongStream> self, long seed, Object step) { return java.util.stream.LongStream.__of(__iterated(seed, null, step)) }
static Object generate(Class<java.util.stream.BaseStream> self, Object make) { return __new(self, __pulled({ -> [__applied(make)] })) }

static Object concat(Class<java.util.stream.Stream> self, Object first, Object second) {
    def sources = [__source(first), __source(second)]
    return java.util.stream.Stream.__of(__pulled({ -> sources[0].hasNext() ? [sources[0].next()] : sources[1].hasNext() ? [sources[1].next()] : null }))
}

// ---- from stream to stream

static Iterator __mapped(Object stream, Closure change) {
    def source = __source(stream)
    return __pulled({ -> source.hasNext() ? [change(source.next())] : null })
}

static Object filter(java.util.stream.BaseStream self, Object test) {
    def source = __source(self)
    return __same(self, __pulled({ ->
        while (source.hasNext()) {
            def item = source.next()
            if (__applied(test, item)) {
                return [item]
            }
        }
        return null
    }))
}

static Object map(java.util.stream.BaseStream self, Object change) {
    return __same(self, __mapped(self, { __typed(self, __applied(change, it)) }))
}

static Object mapToObj(java.util.stream.BaseStream self, Object change) { return java.util.stream.Stream.__of(__mapped(self, { __applied(change, it) })) }
static Object mapToInt(java.util.stream.BaseStream self, Object change) { return java.util.stream.IntStream.__of(__mapped(self, { __applied(change, it) as int })) }
static Object mapToLong(java.util.stream.BaseStream self, Object change) { return java.util.stream.LongStream.__of(__mapped(self, { __applied(change, it) as long })) }
static Object mapToDouble(java.util.stream.BaseStream self, Object change) { return java.util.stream.DoubleStream.__of(__mapped(self, { __applied(change, it) as double })) }
static Object asLongStream(java.util.stream.BaseStream self) { return java.util.stream.LongStream.__of(__mapped(self, { it as long })) }
static Object asDoubleStream(java.util.stream.BaseStream self) { return java.util.stream.DoubleStream.__of(__mapped(self, { it as double })) }
static Object boxed(java.util.stream.BaseStream self) { return java.util.stream.Stream.__of(__source(self)) }

static Object flatMap(java.util.stream.BaseStream self, Object change) {
    def source = __source(self)
    def inner = null
    return __same(self, __pulled({ ->
        while (inner == null || !inner.hasNext()) {
            if (!source.hasNext()) {
                return null
            }
            def next = __applied(change, source.next())
            inner = next == null ? null : __source(next)
        }
        return [inner.next()]
    }))
}

static Object distinct(java.util.stream.BaseStream self) {
    def seen = new HashSet()
    return filter(self, { seen.add(it) })
}

static Iterator __later(Closure make) {
    def source = null
    return __pulled({ ->
        if (source == null) {
            source = make()
        }
        return source.hasNext() ? [source.next()] : null
    })
}

static Object sorted(java.util.stream.BaseStream self) {
    def source = java.util.stream.Stream.__of(__source(self))
    return __same(self, __later({ -> __all(source).sort(false).iterator() }))
}

static Object sorted(java.util.stream.BaseStream self, Object order) {
    def source = java.util.stream.Stream.__of(__source(self))
    return __same(self, __later({ -> __all(source).sort(false, order).iterator() }))
}

static Object limit(java.util.stream.BaseStream self, long most) {
    if (most < 0) {
        throw new IllegalArgumentException(String.valueOf(most))
    }
    def source = __source(self)
    long taken = 0
    return __same(self, __pulled({ ->
        if (taken >= most || !source.hasNext()) {
            return null
        }
        taken++
        return [source.next()]
    }))
}

static Object skip(java.util.stream.BaseStream self, long count) {
    if (count < 0) {
        throw new IllegalArgumentException(String.valueOf(count))
    }
    def source = __source(self)
    long left = count
    return __same(self, __pulled({ ->
        while (left > 0 && source.hasNext()) {
            source.next()
            left--
        }
        return source.hasNext() ? [source.next()] : null
    }))
}

static Object peek(java.util.stream.BaseStream self, Object action) {
    return __same(self, __mapped(self, { item -> __applied(action, item); item }))
}

static Object takeWhile(java.util.stream.BaseStream self, Object test) {
    def source = __source(self)
    return __same(self, __pulled({ ->
        if (!source.hasNext()) {
            return null
        }
        def item = source.next()
        return __applied(test, item) ? [item] : null
    }))
}

static Object dropWhile(java.util.stream.BaseStream self, Object test) {
    boolean dropping = true
    return filter(self, { item ->
        if (dropping && __applied(test, item)) {
            return false
        }
        dropping = false
        return true
    })
}

static Object parallel(java.util.stream.BaseStream self) { return self }
static Object sequential(java.util.stream.BaseStream self) { return self }
static Object unordered(java.util.stream.BaseStream self) { return self }
static Object onClose(java.util.stream.BaseStream self, Object action) { return self }
static void close(java.util.stream.BaseStream self) { }

// ---- results

static void forEach(java.util.stream.BaseStream self, Object action) {
    def source = __source(self)
    while (source.hasNext()) {
        __applied(action, source.next())
    }
}

static void forEachOrdered(java.util.stream.BaseStream self, Object action) { forEach(self, action) }

static boolean anyMatch(java.util.stream.BaseStream self, Object test) {
    def source = __source(self)
    while (source.hasNext()) {
        if (__applied(test, source.next())) {
            return true
        }
    }
    return false
}

static boolean allMatch(java.util.stream.BaseStream self, Object test) { return !anyMatch(self, { !__applied(test, it) }) }
static boolean noneMatch(java.util.stream.BaseStream self, Object test) { return !anyMatch(self, test) }
static long count(java.util.stream.BaseStream self) { return __all(self).size() }

static Object __optional(Object stream, List items) {
    if (stream instanceof java.util.stream.IntStream) return items.isEmpty() ? OptionalInt.empty() : OptionalInt.of(items[0])
    if (stream instanceof java.util.stream.LongStream) return items.isEmpty() ? OptionalLong.empty() : OptionalLong.of(items[0])
    if (stream instanceof java.util.stream.DoubleStream) return items.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(items[0])
    return items.isEmpty() ? Optional.empty() : Optional.of(items[0])
}

static Object findFirst(java.util.stream.BaseStream self) {
    def source = __source(self)
    return __optional(self, source.hasNext() ? [source.next()] : [])
}

static Object findAny(java.util.stream.BaseStream self) { return findFirst(self) }

static Object reduce(java.util.stream.BaseStream self, Object initial, Object combine) {
    def source = __source(self)
    def value = __typed(self, initial)
    while (source.hasNext()) {
        value = __typed(self, __applied(combine, value, source.next()))
    }
    return value
}

static Object reduce(java.util.stream.BaseStream self, Object initial, Object add, Object combine) { return reduce(self, initial, add) }

static Object reduce(java.util.stream.BaseStream self, Object combine) {
    def source = __source(self)
    if (!source.hasNext()) {
        return __optional(self, [])
    }
    def value = source.next()
    while (source.hasNext()) {
        value = __typed(self, __applied(combine, value, source.next()))
    }
    return __optional(self, [value])
}

static Object min(java.util.stream.Stream self, Object order) { return __optional(self, __all(self).sort(false, order).take(1)) }

static Object max(java.util.stream.Stream self, Object order) {
    def items = __all(self)
    return __optional(self, items.isEmpty() ? [] : [items.sort(false, order).last()])
}

static Object min(java.util.stream.BaseStream self) {
    def items = __all(self)
    return __optional(self, items.isEmpty() ? [] : [items.min()])
}

static Object max(java.util.stream.BaseStream self) {
    def items = __all(self)
    return __optional(self, items.isEmpty() ? [] : [items.max()])
}

static Object sum(java.util.stream.BaseStream self) {
    def zero = self instanceof java.util.stream.IntStream ? 0 : self instanceof java.util.stream.LongStream ? 0L : 0.0d
    return __all(self).inject(zero) { total, item -> total + item }
}

static Object average(java.util.stream.BaseStream self) {
    def items = __all(self)
    return items.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(items.inject(0.0d) { total, item -> total + item } / items.size())
}

static Object summaryStatistics(java.util.stream.BaseStream self) {
    return __summary(self instanceof java.util.stream.IntStream ? 'Int' : self instanceof java.util.stream.LongStream ? 'Long' : 'Double', __all(self))
}

static List toList(java.util.stream.BaseStream self) { return __all(self).asImmutable() }

static Object toArray(java.util.stream.BaseStream self) {
    def items = __all(self)
    if (self instanceof java.util.stream.IntStream) return items as int[]
    if (self instanceof java.util.stream.LongStream) return items as long[]
    if (self instanceof java.util.stream.DoubleStream) return items as double[]
    return items as Object[]
}

static Object toArray(java.util.stream.BaseStream self, Object make) {
    def items = __all(self)
    def out = __applied(make, items.size())
    items.eachWithIndex { item, i -> out[i] = item }
    return out
}

static Iterator iterator(java.util.stream.BaseStream self) { return __source(self) }
static List collect(java.util.stream.BaseStream self, Closure change) { return __all(self).collect(change) }
static Object each(java.util.stream.BaseStream self, Closure action) {
    __all(self).each(action)
    return self
}
static Object collect(java.util.stream.BaseStream self, java.util.stream.Collector collector) { return collector.__content().call(__all(self)) }

static Object collect(java.util.stream.BaseStream self, Object make, Object add, Object combine) {
    def out = __applied(make)
    for (item in __all(self)) {
        __applied(add, out, item)
    }
    return out
}

// ---- statistics: a native object of [kind, count, sum, min, max]

static Object __summary(String kind, List items) {
    boolean real = kind == 'Double'
    def sum = items.inject(real ? 0.0d : 0L) { total, item -> total + item }
    def least = kind == 'Int' ? Integer.MAX_VALUE : kind == 'Long' ? Long.MAX_VALUE : Double.POSITIVE_INFINITY
    def most = kind == 'Int' ? Integer.MIN_VALUE : kind == 'Long' ? Long.MIN_VALUE : Double.NEGATIVE_INFINITY
    def facts = [kind, (long) items.size(), sum, items.isEmpty() ? least : items.min(), items.isEmpty() ? most : items.max()]
    if (kind == 'Int') return IntSummaryStatistics.__of(facts)
    return kind == 'Long' ? LongSummaryStatistics.__of(facts) : DoubleSummaryStatistics.__of(facts)
}

static double __mean(List facts) { return facts[1] == 0 ? 0.0d : (facts[2] as double) / facts[1] }

static String __statistics(List facts) {
    def number = facts[0] == 'Double' ? '%f' : '%d'
    return String.format("%sSummaryStatistics{count=%d, sum=$number, min=$number, average=%f, max=$number}".toString(), facts[0], facts[1], facts[2], facts[3], __mean(facts), facts[4])
}

static long getCount(IntSummaryStatistics self) { return self.__content()[1] }
static long getSum(IntSummaryStatistics self) { return self.__content()[2] }
static int getMin(IntSummaryStatistics self) { return self.__content()[3] }
static int getMax(IntSummaryStatistics self) { return self.__content()[4] }
static double getAverage(IntSummaryStatistics self) { return __mean(self.__content()) }
static String toString(IntSummaryStatistics self) { return __statistics(self.__content()) }
static long getCount(LongSummaryStatistics self) { return self.__content()[1] }
static long getSum(LongSummaryStatistics self) { return self.__content()[2] }
static long getMin(LongSummaryStatistics self) { return self.__content()[3] }
static long getMax(LongSummaryStatistics self) { return self.__content()[4] }
static double getAverage(LongSummaryStatistics self) { return __mean(self.__content()) }
static String toString(LongSummaryStatistics self) { return __statistics(self.__content()) }
static long getCount(DoubleSummaryStatistics self) { return self.__content()[1] }
static double getSum(DoubleSummaryStatistics self) { return self.__content()[2] }
static double getMin(DoubleSummaryStatistics self) { return self.__content()[3] }
static double getMax(DoubleSummaryStatistics self) { return self.__content()[4] }
static double getAverage(DoubleSummaryStatistics self) { return __mean(self.__content()) }
static String toString(DoubleSummaryStatistics self) { return __statistics(self.__content()) }
