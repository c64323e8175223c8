// java.util.stream on lists: a stream holds all its elements, so every operation is done at once. Infinite streams
// (generate, iterate without limit) have no place here; Groovy 2.4 cannot call them either.

static Object stream(Collection self) {
    return java.util.stream.Stream.__of(self.toList())
}

static Object parallelStream(Collection self) {
    return java.util.stream.Stream.__of(self.toList())
}

static Object stream(Class<Arrays> self, Object items) {
    def list = items.toList()
    return list && list.every { it instanceof Integer || it instanceof Double } ? java.util.stream.IntStream.__of(list) : java.util.stream.Stream.__of(list)
}

static Object stream(Object[] self) {
    return java.util.stream.Stream.__of(self.toList())
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

static Object __same(Object stream, List items) {
    return stream instanceof java.util.stream.IntStream ? java.util.stream.IntStream.__of(items) : java.util.stream.Stream.__of(items)
}

static Object filter(java.util.stream.BaseStream self, Object test) {
    return __same(self, self.__content().findAll { __applied(test, it) })
}

static Object map(java.util.stream.BaseStream self, Object change) {
    return __same(self, self.__content().collect { __applied(change, it) })
}

static Object mapToObj(java.util.stream.BaseStream self, Object change) {
    return java.util.stream.Stream.__of(self.__content().collect { __applied(change, it) })
}

static Object mapToInt(java.util.stream.BaseStream self, Object change) {
    return java.util.stream.IntStream.__of(self.__content().collect { __applied(change, it) })
}

static Object mapToLong(java.util.stream.BaseStream self, Object change) {
    return java.util.stream.IntStream.__of(self.__content().collect { __applied(change, it) as long })
}

static Object mapToDouble(java.util.stream.BaseStream self, Object change) {
    return java.util.stream.IntStream.__of(self.__content().collect { __applied(change, it) as double })
}

static Object boxed(java.util.stream.BaseStream self) {
    return java.util.stream.Stream.__of(self.__content())
}

static Object flatMap(java.util.stream.BaseStream self, Object change) {
    def out = []
    for (item in self.__content()) {
        def inner = __applied(change, item)
        if (inner != null) {
            out.addAll(inner.__content())
        }
    }
    return __same(self, out)
}

static Object distinct(java.util.stream.BaseStream self) {
    return __same(self, new LinkedHashSet(self.__content()).toList())
}

static Object sorted(java.util.stream.BaseStream self) {
    return __same(self, self.__content().sort(false))
}

static Object sorted(java.util.stream.BaseStream self, Object order) {
    return __same(self, self.__content().sort(false, order))
}

static Object limit(java.util.stream.BaseStream self, long most) {
    return __same(self, self.__content().take((int) most))
}

static Object skip(java.util.stream.BaseStream self, long count) {
    return __same(self, self.__content().drop((int) count))
}

static Object peek(java.util.stream.BaseStream self, Object action) {
    for (item in self.__content()) {
        __applied(action, item)
    }
    return self
}

static Object takeWhile(java.util.stream.BaseStream self, Object test) {
    return __same(self, self.__content().takeWhile { __applied(test, it) })
}

static Object dropWhile(java.util.stream.BaseStream self, Object test) {
    return __same(self, self.__content().dropWhile { __applied(test, it) })
}

static void forEach(java.util.stream.BaseStream self, Object action) {
    for (item in self.__content()) {
        __applied(action, item)
    }
}

static void forEachOrdered(java.util.stream.BaseStream self, Object action) {
    forEach(self, action)
}

static boolean anyMatch(java.util.stream.BaseStream self, Object test) {
    return self.__content().any { __applied(test, it) }
}

static boolean allMatch(java.util.stream.BaseStream self, Object test) {
    return self.__content().every { __applied(test, it) }
}

static boolean noneMatch(java.util.stream.BaseStream self, Object test) {
    return !self.__content().any { __applied(test, it) }
}

static long count(java.util.stream.BaseStream self) {
    return self.__content().size()
}

static Object findFirst(java.util.stream.BaseStream self) {
    def items = self.__content()
    return items.isEmpty() ? Optional.empty() : Optional.of(items[0])
}

static Object findAny(java.util.stream.BaseStream self) {
    return findFirst(self)
}

static Object reduce(java.util.stream.BaseStream self, Object initial, Object combine) {
    def value = initial
    for (item in self.__content()) {
        value = __applied(combine, value, item)
    }
    return value
}

static Object reduce(java.util.stream.BaseStream self, Object combine) {
    def items = self.__content()
    if (items.isEmpty()) {
        return Optional.empty()
    }
    def value = items[0]
    for (item in items.tail()) {
        value = __applied(combine, value, item)
    }
    return Optional.of(value)
}

static Object min(java.util.stream.Stream self, Object order) {
    def items = self.__content()
    return items.isEmpty() ? Optional.empty() : Optional.of(items.sort(false, order).first())
}

static Object max(java.util.stream.Stream self, Object order) {
    def items = self.__content()
    return items.isEmpty() ? Optional.empty() : Optional.of(items.sort(false, order).last())
}

static Object min(java.util.stream.IntStream self) {
    def items = self.__content()
    return items.isEmpty() ? OptionalInt.empty() : OptionalInt.of(items.min())
}

static Object max(java.util.stream.IntStream self) {
    def items = self.__content()
    return items.isEmpty() ? OptionalInt.empty() : OptionalInt.of(items.max())
}

static Object sum(java.util.stream.IntStream self) {
    def items = self.__content()
    return items.isEmpty() ? 0 : items.sum()
}

static Object average(java.util.stream.IntStream self) {
    def items = self.__content()
    return items.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of((items.sum() as double) / items.size())
}

static List toList(java.util.stream.BaseStream self) {
    return self.__content().asImmutable()
}

static Object[] toArray(java.util.stream.BaseStream self) {
    return self.__content() as Object[]
}

static Iterator iterator(java.util.stream.BaseStream self) {
    return self.__content().iterator()
}

static Object parallel(java.util.stream.BaseStream self) {
    return self
}

static Object sequential(java.util.stream.BaseStream self) {
    return self
}

static Object collect(java.util.stream.Stream self, Object collector) {
    return collector.__content().call(self.__content())
}
