// Map methods that call a closure or a function.

static Object computeIfAbsent(Map self, Object key, Object make) {
    def value = self.get(key)
    if (value == null) {
        value = __applied(make, key)
        if (value != null) {
            self.put(key, value)
        }
    }
    return value
}

static Object computeIfPresent(Map self, Object key, Object change) {
    def value = self.get(key)
    if (value == null) {
        return null
    }
    value = __applied(change, key, value)
    if (value == null) {
        self.remove(key)
    } else {
        self.put(key, value)
    }
    return value
}

static Object compute(Map self, Object key, Object change) {
    def value = __applied(change, key, self.get(key))
    if (value == null) {
        self.remove(key)
    } else {
        self.put(key, value)
    }
    return value
}

static Object merge(Map self, Object key, Object value, Object combine) {
    def old = self.get(key)
    def result = old == null ? value : __applied(combine, old, value)
    if (result == null) {
        self.remove(key)
    } else {
        self.put(key, result)
    }
    return result
}

static void replaceAll(Map self, Object change) {
    for (key in self.keySet().toList()) {
        self.put(key, __applied(change, key, self.get(key)))
    }
}

static void replaceAll(List self, Object change) {
    for (int i = 0; i < self.size(); i++) {
        self.set(i, __applied(change, self[i]))
    }
}

static boolean removeAll(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    def gone = []
    for (entry in self) {
        if (pairs ? condition(entry.key, entry.value) : condition(entry)) {
            gone.add(entry.key)
        }
    }
    for (key in gone) {
        self.remove(key)
    }
    return !gone.isEmpty()
}

static boolean retainAll(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    def gone = []
    for (entry in self) {
        if (!(pairs ? condition(entry.key, entry.value) : condition(entry))) {
            gone.add(entry.key)
        }
    }
    for (key in gone) {
        self.remove(key)
    }
    return !gone.isEmpty()
}

/** Calls a closure, or the one method of a functional interface's object. */
static Object __applied(Object function, Object... args) {
    if (function instanceof Closure) {
        return function.call(*args)
    }
    return function.apply(*args)
}

static Map asSynchronized(Map self) {
    return self
}

static String toMapString(Map self) {
    return self.toString()
}

static boolean isSet(ConfigObject self, String name) {
    def value = self.containsKey(name) ? self.get(name) : null
    return value != null && !(value instanceof ConfigObject && value.isEmpty())
}
