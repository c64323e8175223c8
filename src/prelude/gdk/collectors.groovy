// java.util.stream.Collectors: each is a closure from the list of a stream's elements to the result.

static Object __collector(Closure finish) {
    return java.util.stream.Collector.__of(finish)
}

static Object __of(Object function, Object item) {
    if (function instanceof Closure) {
        return function.call(item)
    }
    for (name in ['apply', 'test', 'applyAsInt', 'applyAsLong', 'applyAsDouble']) {
        if (function.respondsTo(name)) {
            return function."$name"(item)
        }
    }
    return function.call(item)
}

static Object toList(Class<java.util.stream.Collectors> self) {
    return __collector({ List items -> new ArrayList(items) })
}

static Object toUnmodifiableList(Class<java.util.stream.Collectors> self) {
    return __collector({ List items -> items.asImmutable() })
}

static Object toSet(Class<java.util.stream.Collectors> self) {
    return __collector({ List items ->
        def out = new HashSet()
        out.addAll(items)
        out
    })
}

static Object toCollection(Class<java.util.stream.Collectors> self, Object make) {
    return __collector({ List items ->
        def out = make.call()
        out.addAll(items)
        out
    })
}

static Object joining(Class<java.util.stream.Collectors> self) {
    return __collector({ List items -> items.join('') })
}

static Object joining(Class<java.util.stream.Collectors> self, CharSequence separator) {
    return __collector({ List items -> items.join(separator.toString()) })
}

static Object joining(Class<java.util.stream.Collectors> self, CharSequence separator, CharSequence prefix, CharSequence suffix) {
    return __collector({ List items -> prefix.toString() + items.join(separator.toString()) + suffix })
}

static Object counting(Class<java.util.stream.Collectors> self) {
    return __collector({ List items -> (long) items.size() })
}

static Object mapping(Class<java.util.stream.Collectors> self, Object change, Object next) {
    return __collector({ List items -> next.__content().call(items.collect { __of(change, it) }) })
}

static Object summingInt(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> items.isEmpty() ? 0 : items.sum { __of(change, it) } })
}

static Object summingLong(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> items.isEmpty() ? 0L : items.sum { __of(change, it) as long } })
}

static Object summingDouble(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> items.isEmpty() ? 0.0d : items.sum { __of(change, it) as double } })
}

static Object averagingInt(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> items.isEmpty() ? 0.0d : (items.sum { __of(change, it) } as double) / items.size() })
}

static Object averagingLong(Class<java.util.stream.Collectors> self, Object change) {
    return averagingInt(self, change)
}

static Object summarizingInt(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> java.util.stream.IntStream.__of(items.collect { __of(change, it) as int }.iterator()).summaryStatistics() })
}

static Object summarizingLong(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> java.util.stream.LongStream.__of(items.collect { __of(change, it) as long }.iterator()).summaryStatistics() })
}

static Object summarizingDouble(Class<java.util.stream.Collectors> self, Object change) {
    return __collector({ List items -> java.util.stream.DoubleStream.__of(items.collect { __of(change, it) as double }.iterator()).summaryStatistics() })
}

static Object filtering(Class<java.util.stream.Collectors> self, Object test, Object next) {
    return __collector({ List items -> next.__content().call(items.findAll { __of(test, it) }) })
}

static Object flatMapping(Class<java.util.stream.Collectors> self, Object change, Object next) {
    return __collector({ List items -> next.__content().call(items.collectMany { __of(change, it).iterator().toList() }) })
}

static Object reducing(Class<java.util.stream.Collectors> self, Object combine) {
    return __collector({ List items -> items.isEmpty() ? Optional.empty() : Optional.of(items.inject { a, b -> __both(combine, a, b) }) })
}

static Object reducing(Class<java.util.stream.Collectors> self, Object initial, Object combine) {
    return __collector({ List items -> items.inject(initial) { a, b -> __both(combine, a, b) } })
}

static Object reducing(Class<java.util.stream.Collectors> self, Object initial, Object change, Object combine) {
    return __collector({ List items -> items.inject(initial) { a, b -> __both(combine, a, __of(change, b)) } })
}

static Object __both(Object function, Object a, Object b) {
    if (function instanceof Closure) {
        return function.call(a, b)
    }
    return function.respondsTo('applyAsInt') ? function.applyAsInt(a, b) : function.apply(a, b)
}

static Object averagingDouble(Class<java.util.stream.Collectors> self, Object change) {
    return averagingInt(self, change)
}

static Object maxBy(Class<java.util.stream.Collectors> self, Object order) {
    return __collector({ List items -> items.isEmpty() ? Optional.empty() : Optional.of(items.max(order)) })
}

static Object minBy(Class<java.util.stream.Collectors> self, Object order) {
    return __collector({ List items -> items.isEmpty() ? Optional.empty() : Optional.of(items.min(order)) })
}

static Object __grouped(List items, Object key, Map out, Object next) {
    for (item in items) {
        def k = __of(key, item)
        if (!out.containsKey(k)) {
            out.put(k, [])
        }
        out.get(k).add(item)
    }
    if (next != null) {
        for (k in out.keySet().toList()) {
            out.put(k, next.__content().call(out.get(k)))
        }
    }
    return out
}

static Object groupingBy(Class<java.util.stream.Collectors> self, Object key) {
    return __collector({ List items -> __grouped(items, key, new HashMap(), null) })
}

static Object groupingBy(Class<java.util.stream.Collectors> self, Object key, Object next) {
    return __collector({ List items -> __grouped(items, key, new HashMap(), next) })
}

static Object groupingBy(Class<java.util.stream.Collectors> self, Object key, Object make, Object next) {
    return __collector({ List items -> __grouped(items, key, make.call(), next) })
}

static Object partitioningBy(Class<java.util.stream.Collectors> self, Object test) {
    return __collector({ List items -> [(false): items.findAll { !__of(test, it) }, (true): items.findAll { __of(test, it) }] })
}

static Object partitioningBy(Class<java.util.stream.Collectors> self, Object test, Object next) {
    return __collector({ List items -> [(false): next.__content().call(items.findAll { !__of(test, it) }), (true): next.__content().call(items.findAll { __of(test, it) })] })
}

static Object __toMap(List items, Object key, Object value, Object merge, Map out) {
    for (item in items) {
        def k = __of(key, item)
        def v = __of(value, item)
        if (out.containsKey(k)) {
            if (merge == null) {
                throw new IllegalStateException("Duplicate key ${k} (attempted merging values ${out.get(k)} and ${v})".toString())
            }
            v = merge.call(out.get(k), v)
        }
        out.put(k, v)
    }
    return out
}

static Object toMap(Class<java.util.stream.Collectors> self, Object key, Object value) {
    return __collector({ List items -> __toMap(items, key, value, null, new HashMap()) })
}

static Object toMap(Class<java.util.stream.Collectors> self, Object key, Object value, Object merge) {
    return __collector({ List items -> __toMap(items, key, value, merge, new HashMap()) })
}

static Object toMap(Class<java.util.stream.Collectors> self, Object key, Object value, Object merge, Object make) {
    return __collector({ List items -> __toMap(items, key, value, merge, make.call()) })
}

static Object collectingAndThen(Class<java.util.stream.Collectors> self, Object first, Object finish) {
    return __collector({ List items -> __of(finish, first.__content().call(items)) })
}
