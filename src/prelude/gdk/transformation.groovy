// collect and its kin.

static List collect(Object self) {
    def out = []
    for (item in self) {
        out.add(item)
    }
    return out
}

static List collect(Object self, Closure transform) {
    def out = []
    for (item in self) {
        out.add(transform(item))
    }
    return out
}

static Collection collect(Object self, Collection collector, Closure transform) {
    for (item in self) {
        collector.add(transform(item))
    }
    return collector
}

static List collect(Map self, Closure transform) {
    def out = []
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        out.add(pairs ? transform(entry.key, entry.value) : transform(entry))
    }
    return out
}

static Collection collect(Map self, Collection collector, Closure transform) {
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        collector.add(pairs ? transform(entry.key, entry.value) : transform(entry))
    }
    return collector
}

static Map collectEntries(Object self) {
    return collectEntries(self, [:], { it })
}

static Map collectEntries(Object self, Closure transform) {
    return collectEntries(self, [:], transform)
}

static Map collectEntries(Object self, Map collector, Closure transform) {
    for (item in self) {
        __addEntry(collector, transform(item))
    }
    return collector
}

static Map collectEntries(Map self, Closure transform) {
    return collectEntries(self, self instanceof SortedMap ? new TreeMap() : [:], transform)
}

static Map collectEntries(Map self, Map collector, Closure transform) {
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        __addEntry(collector, pairs ? transform(entry.key, entry.value) : transform(entry))
    }
    return collector
}

static void __addEntry(Map collector, Object entry) {
    if (entry instanceof Map) {
        collector.putAll(entry)
    } else if (entry instanceof Map.Entry) {
        collector.put(entry.key, entry.value)
    } else {
        collector.put(entry[0], entry.size() > 1 ? entry[1] : null)
    }
}

static List collectMany(Object self, Closure transform) {
    def out = []
    for (item in self) {
        out.addAll(transform(item))
    }
    return out
}

static List collectMany(Map self, Closure transform) {
    def out = []
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        out.addAll(pairs ? transform(entry.key, entry.value) : transform(entry))
    }
    return out
}

static List collectNested(Iterable self, Closure transform) {
    def out = []
    for (item in self) {
        out.add(item instanceof Collection ? collectNested(item, transform) : transform(item))
    }
    return out
}

static List withIndex(Iterable self) {
    return withIndex(self, 0)
}

static List withIndex(Iterable self, int offset) {
    def out = []
    int index = offset
    for (item in self) {
        out.add(new Tuple2(item, index))
        index++
    }
    return out
}

static Map indexed(Iterable self) {
    return indexed(self, 0)
}

static Map indexed(Iterable self, int offset) {
    def out = [:]
    int index = offset
    for (item in self) {
        out.put(index, item)
        index++
    }
    return out
}

static List collectMany(Object self, Collection collector, Closure transform) {
    for (item in self) {
        collector.addAll(transform(item))
    }
    return collector
}

static List collectNested(Iterable self, Collection collector, Closure transform) {
    for (item in self) {
        collector.add(item instanceof Collection ? collectNested(item, transform) : transform(item))
    }
    return collector
}

static List withIndex(Object[] self) {
    return withIndex(self.toList(), 0)
}

static List withIndex(Object[] self, int offset) {
    return withIndex(self.toList(), offset)
}

static Map indexed(Object[] self) {
    return indexed(self.toList(), 0)
}

static List flatten(Iterable self, Closure transform) {
    def out = []
    for (item in self) {
        def value = transform(item)
        if (value instanceof Collection) {
            out.addAll(value.flatten())
        } else {
            out.add(value)
        }
    }
    return out
}

static Object inject(Object self, Closure action) {
    def iterator = self.iterator()
    if (!iterator.hasNext()) {
        def kind = self instanceof Collection ? 'collection' : 'iterable'
        throw new NoSuchElementException("Cannot call inject() on an empty $kind without passing an initial value.".toString())
    }
    def value = iterator.next()
    while (iterator.hasNext()) {
        value = action(value, iterator.next())
    }
    return value
}

static Object inject(Object self, Object initial, Closure action) {
    def value = initial
    for (item in self) {
        value = action(value, item)
    }
    return value
}

static Object inject(Map self, Closure action) {
    return inject(self.entrySet(), action)
}

static Object inject(Map self, Object initial, Closure action) {
    def value = initial
    boolean pairs = action.maximumNumberOfParameters == 3
    for (entry in self) {
        value = pairs ? action(value, entry.key, entry.value) : action(value, entry)
    }
    return value
}

static Object sum(Object self) {
    def iterator = self.iterator()
    if (!iterator.hasNext()) {
        return null
    }
    def value = iterator.next()
    while (iterator.hasNext()) {
        value = value + iterator.next()
    }
    return value
}

static Object sum(Object self, Object initial) {
    if (initial instanceof Closure) {
        def value = null
        boolean first = true
        for (item in self) {
            value = first ? initial(item) : value + initial(item)
            first = false
        }
        return value
    }
    def value = initial
    for (item in self) {
        value = value + item
    }
    return value
}

static Object sum(Map self, Closure transform) {
    def value = null
    boolean first = true
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        def next = pairs ? transform(entry.key, entry.value) : transform(entry)
        value = first ? next : value + next
        first = false
    }
    return value
}

static Object sum(Object self, Object initial, Closure transform) {
    def value = initial
    for (item in self) {
        value = value + transform(item)
    }
    return value
}
