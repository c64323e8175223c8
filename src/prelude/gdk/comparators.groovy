// Static methods of java.util.Comparator and Map.Entry that make comparators; Map.entry.

static Object __applied(Object function, Object... args) {
    if (function instanceof Closure) {
        return function.call(*args)
    }
    for (name in ['apply', 'test', 'accept', 'applyAsInt', 'applyAsLong', 'compare', 'get', 'run', 'call']) {
        if (function.respondsTo(name)) {
            return function."$name"(*args)
        }
    }
    return function.call(*args)
}

static Object naturalOrder(Class<Comparator> self) {
    return { a, b -> Collections.__order(a, b) } as Comparator
}

static Object reverseOrder(Class<Comparator> self) {
    return { a, b -> Collections.__order(b, a) } as Comparator
}

static Object __comparing(Object key) {
    return { a, b -> Collections.__order(__applied(key, a), __applied(key, b)) } as Comparator
}

static Object comparing(Class<Comparator> self, Object key) { return __comparing(key) }
static Object comparing(Class<Comparator> self, Object key, Object order) {
    return { a, b -> __applied(order, __applied(key, a), __applied(key, b)) } as Comparator
}
static Object comparingInt(Class<Comparator> self, Object key) { return __comparing(key) }
static Object comparingLong(Class<Comparator> self, Object key) { return __comparing(key) }
static Object comparingDouble(Class<Comparator> self, Object key) { return __comparing(key) }
static Object nullsFirst(Class<Comparator> self, Object order) {
    return { a, b -> a == null ? (b == null ? 0 : -1) : b == null ? 1 : order == null ? 0 : __applied(order, a, b) } as Comparator
}
static Object nullsLast(Class<Comparator> self, Object order) {
    return { a, b -> a == null ? (b == null ? 0 : 1) : b == null ? -1 : order == null ? 0 : __applied(order, a, b) } as Comparator
}
static Object comparingByKey(Class<Map.Entry> self) { return { a, b -> Collections.__order(a.key, b.key) } as Comparator }
static Object comparingByKey(Class<Map.Entry> self, Object order) { return { a, b -> __applied(order, a.key, b.key) } as Comparator }
static Object comparingByValue(Class<Map.Entry> self) { return { a, b -> Collections.__order(a.value, b.value) } as Comparator }
static Object comparingByValue(Class<Map.Entry> self, Object order) { return { a, b -> __applied(order, a.value, b.value) } as Comparator }
static Object entry(Class<Map> self, Object key, Object value) { return new AbstractMap.SimpleImmutableEntry(key, value) }

static Object thenComparingInt(Comparator self, Object key) { return { a, b -> self.compare(a, b) ?: Collections.__order(__applied(key, a), __applied(key, b)) } as Comparator }
static Object thenComparingLong(Comparator self, Object key) { return thenComparingInt(self, key) }

static Object getCASE_INSENSITIVE_ORDER(Class<String> self) { return { a, b -> a.compareToIgnoreCase(b) } as Comparator }
