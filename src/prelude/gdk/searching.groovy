// find, findAll, any, every and what counts or splits by a condition.

static Object find(Object self, Closure condition) {
    for (item in self) {
        if (condition(item)) {
            return item
        }
    }
    return null
}

static Object find(Object self) {
    for (item in self) {
        if (item) {
            return item
        }
    }
    return null
}

static Object find(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (pairs ? condition(entry.key, entry.value) : condition(entry)) {
            return entry
        }
    }
    return null
}

static Collection findAll(Collection self, Closure condition) {
    def out = self instanceof Set ? new LinkedHashSet() : []
    for (item in self) {
        if (condition(item)) {
            out.add(item)
        }
    }
    return out
}

static Collection findAll(Collection self) {
    def out = self instanceof Set ? new LinkedHashSet() : []
    for (item in self) {
        if (item) {
            out.add(item)
        }
    }
    return out
}

static List findAll(Object self, Closure condition) {
    def out = []
    for (item in self) {
        if (condition(item)) {
            out.add(item)
        }
    }
    return out
}

static Map findAll(Map self, Closure condition) {
    def out = self instanceof TreeMap ? new TreeMap() : [:]
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (pairs ? condition(entry.key, entry.value) : condition(entry)) {
            out.put(entry.key, entry.value)
        }
    }
    return out
}

static List split(Collection self, Closure condition) {
    def yes = []
    def no = []
    for (item in self) {
        if (condition(item)) {
            yes.add(item)
        } else {
            no.add(item)
        }
    }
    return [yes, no]
}

static Object findResult(Object self, Closure condition) {
    for (item in self) {
        def value = condition(item)
        if (value != null) {
            return value
        }
    }
    return null
}

static Object findResult(Object self, Object otherwise, Closure condition) {
    def value = findResult(self, condition)
    return value == null ? otherwise : value
}

static Object findResult(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        def value = pairs ? condition(entry.key, entry.value) : condition(entry)
        if (value != null) {
            return value
        }
    }
    return null
}

static List findResults(Object self, Closure transform) {
    def out = []
    for (item in self) {
        def value = transform(item)
        if (value != null) {
            out.add(value)
        }
    }
    return out
}

static List findResults(Map self, Closure transform) {
    def out = []
    boolean pairs = transform.maximumNumberOfParameters == 2
    for (entry in self) {
        def value = pairs ? transform(entry.key, entry.value) : transform(entry)
        if (value != null) {
            out.add(value)
        }
    }
    return out
}

static int findIndexOf(Object self, Closure condition) {
    return findIndexOf(self, 0, condition)
}

static int findIndexOf(Object self, int start, Closure condition) {
    int index = 0
    for (item in self) {
        if (index >= start && condition(item)) {
            return index
        }
        index++
    }
    return -1
}

static int findLastIndexOf(Object self, Closure condition) {
    int found = -1
    int index = 0
    for (item in self) {
        if (condition(item)) {
            found = index
        }
        index++
    }
    return found
}

static List findIndexValues(Object self, Closure condition) {
    def out = []
    long index = 0
    for (item in self) {
        if (condition(item)) {
            out.add(index)
        }
        index++
    }
    return out
}

static boolean any(Object self) {
    for (item in self) {
        if (item) {
            return true
        }
    }
    return false
}

static boolean any(Object self, Closure condition) {
    for (item in self) {
        if (condition(item)) {
            return true
        }
    }
    return false
}

static boolean any(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (pairs ? condition(entry.key, entry.value) : condition(entry)) {
            return true
        }
    }
    return false
}

static boolean every(Object self) {
    for (item in self) {
        if (!item) {
            return false
        }
    }
    return true
}

static boolean every(Object self, Closure condition) {
    for (item in self) {
        if (!condition(item)) {
            return false
        }
    }
    return true
}

static boolean every(Map self, Closure condition) {
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (!(pairs ? condition(entry.key, entry.value) : condition(entry))) {
            return false
        }
    }
    return true
}

static Number count(Iterable self, Closure condition) {
    int found = 0
    for (item in self) {
        if (condition(item)) {
            found++
        }
    }
    return found
}

static Number count(Map self, Closure condition) {
    int found = 0
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (pairs ? condition(entry.key, entry.value) : condition(entry)) {
            found++
        }
    }
    return found
}

static Map countBy(Object self, Closure key) {
    def out = [:]
    for (item in self) {
        def k = key(item)
        out.put(k, out.containsKey(k) ? out.get(k) + 1 : 1)
    }
    return out
}

static Map groupBy(Object self, Closure key) {
    def out = [:]
    for (item in self) {
        def k = key(item)
        if (!out.containsKey(k)) {
            out.put(k, [])
        }
        out.get(k).add(item)
    }
    return out
}

static Map groupBy(Object self, Object... keys) {
    if (keys.length == 0) {
        return groupBy(self, { it })
    }
    def out = groupBy(self, (Closure) keys[0])
    if (keys.length == 1) {
        return out
    }
    def rest = keys[1..-1]
    for (k in out.keySet().toList()) {
        out.put(k, groupBy(out.get(k), rest as Object[]))
    }
    return out
}

static Map groupBy(Map self, Closure key) {
    def out = [:]
    boolean pairs = key.maximumNumberOfParameters == 2
    for (entry in self) {
        def k = pairs ? key(entry.key, entry.value) : key(entry)
        if (!out.containsKey(k)) {
            out.put(k, [:])
        }
        out.get(k).put(entry.key, entry.value)
    }
    return out
}

static Map groupEntriesBy(Map self, Closure key) {
    def out = [:]
    boolean pairs = key.maximumNumberOfParameters == 2
    for (entry in self) {
        def k = pairs ? key(entry.key, entry.value) : key(entry)
        if (!out.containsKey(k)) {
            out.put(k, [])
        }
        out.get(k).add(entry)
    }
    return out
}

static List takeWhile(Iterable self, Closure condition) {
    def out = []
    for (item in self) {
        if (!condition(item)) {
            break
        }
        out.add(item)
    }
    return out
}

static Map takeWhile(Map self, Closure condition) {
    def out = self instanceof TreeMap ? new TreeMap() : [:]
    boolean pairs = condition.maximumNumberOfParameters == 2
    for (entry in self) {
        if (!(pairs ? condition(entry.key, entry.value) : condition(entry))) {
            break
        }
        out.put(entry.key, entry.value)
    }
    return out
}

static String takeWhile(CharSequence self, Closure condition) {
    def text = self.toString()
    int i = 0
    while (i < text.length() && condition(text.charAt(i))) {
        i++
    }
    return text.substring(0, i)
}

static List dropWhile(Iterable self, Closure condition) {
    def out = []
    boolean dropping = true
    for (item in self) {
        if (dropping && condition(item)) {
            continue
        }
        dropping = false
        out.add(item)
    }
    return out
}

static String dropWhile(CharSequence self, Closure condition) {
    def text = self.toString()
    int i = 0
    while (i < text.length() && condition(text.charAt(i))) {
        i++
    }
    return text.substring(i)
}

static boolean removeAll(Collection self, Closure condition) {
    def keep = []
    for (item in self) {
        keep.add(condition(item) ? false : true)
    }
    return self.__keep(keep)
}

static boolean retainAll(Collection self, Closure condition) {
    def keep = []
    for (item in self) {
        keep.add(condition(item) ? true : false)
    }
    return self.__keep(keep)
}

static boolean removeIf(Collection self, Object condition) {
    def keep = []
    for (item in self) {
        keep.add(!__applied(condition, item))
    }
    return self.__keep(keep)
}

/** Calls a closure, or the one method of a functional interface's object. */
static Object __applied(Object function, Object... args) {
    if (function instanceof Closure) {
        return function.call(*args)
    }
    for (name in ['apply', 'test', 'accept', 'applyAsInt', 'applyAsLong', 'applyAsDouble', 'compare', 'get', 'run', 'call']) {
        if (function.respondsTo(name)) {
            return function."$name"(*args)
        }
    }
    return function.call(*args)
}

static Collection grep(Object self, Object filter) {
    def out = self instanceof Set ? new LinkedHashSet() : []
    for (item in self) {
        if (filter.isCase(item)) {
            out.add(item)
        }
    }
    return out
}

static Collection grep(Object self) {
    def out = self instanceof Set ? new LinkedHashSet() : []
    for (item in self) {
        if (item) {
            out.add(item)
        }
    }
    return out
}

static Number count(Object[] self, Closure condition) {
    int found = 0
    for (item in self) {
        if (condition(item)) {
            found++
        }
    }
    return found
}

static Number count(Iterator self, Closure condition) {
    int found = 0
    while (self.hasNext()) {
        if (condition(self.next())) {
            found++
        }
    }
    return found
}

static Map dropWhile(Map self, Closure condition) {
    def out = self instanceof TreeMap ? new TreeMap() : [:]
    boolean pairs = condition.maximumNumberOfParameters == 2
    boolean dropping = true
    for (entry in self) {
        if (dropping && (pairs ? condition(entry.key, entry.value) : condition(entry))) {
            continue
        }
        dropping = false
        out.put(entry.key, entry.value)
    }
    return out
}

static Object findResult(Map self, Object otherwise, Closure condition) {
    def value = findResult(self, condition)
    return value == null ? otherwise : value
}

static List split(Object self, Closure condition) {
    def yes = []
    def no = []
    for (item in self) {
        (condition(item) ? yes : no).add(item)
    }
    return [yes, no]
}

static Map countBy(Map self, Closure key) {
    def out = [:]
    boolean pairs = key.maximumNumberOfParameters == 2
    for (entry in self) {
        def k = pairs ? key(entry.key, entry.value) : key(entry)
        out.put(k, out.containsKey(k) ? out.get(k) + 1 : 1)
    }
    return out
}

static int findLastIndexOf(Object self, int start, Closure condition) {
    int found = -1
    int index = 0
    for (item in self) {
        if (index >= start && condition(item)) {
            found = index
        }
        index++
    }
    return found
}

static List findIndexValues(Object self, Number start, Closure condition) {
    def out = []
    long index = 0
    for (item in self) {
        if (index >= start && condition(item)) {
            out.add(index)
        }
        index++
    }
    return out
}

static Object[] takeWhile(Object[] self, Closure condition) {
    return takeWhile(self.toList(), condition) as Object[]
}

static Object[] dropWhile(Object[] self, Closure condition) {
    return dropWhile(self.toList(), condition) as Object[]
}
