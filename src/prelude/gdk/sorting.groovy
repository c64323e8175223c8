// sort, unique, min, max. Short lists are sorted by binary insertion, as Java does, so that the comparisons are the same ones
// also where they contradict each other; longer ones by a stable merge sort. Each comparison may wait.

static List __inserted(List items, Closure compare) {
    def out = new ArrayList(items)
    int n = out.size()
    if (n < 2) {
        return out
    }
    // The run at the begin; a falling one is turned around.
    int order = compare(out[1], out[0])
    boolean falls = order < 0
    int run = 2
    while (run < n) {
        order = compare(out[run], out[run - 1])
        if ((order < 0) != falls) {
            break
        }
        run++
    }
    if (falls) {
        for (int i = 0; i < run.intdiv(2); i++) {
            def swap = out[i]
            out[i] = out[run - 1 - i]
            out[run - 1 - i] = swap
        }
    }
    for (int next = run; next < n; next++) {
        def pivot = out[next]
        int left = 0
        int right = next
        while (left < right) {
            int middle = (left + right).intdiv(2)
            order = compare(pivot, out[middle])
            if (order < 0) {
                right = middle
            } else {
                left = middle + 1
            }
        }
        for (int i = next; i > left; i--) {
            out[i] = out[i - 1]
        }
        out[left] = pivot
    }
    return out
}

static List __sorted(List items, Closure compare) {
    int n = items.size()
    if (n < 32) {
        return __inserted(items, compare)
    }
    def from = items
    def to = new ArrayList(items)
    for (int width = 1; width < n; width = width * 2) {
        for (int low = 0; low < n; low = low + 2 * width) {
            int middle = low + width < n ? low + width : n
            int high = low + 2 * width < n ? low + 2 * width : n
            int i = low
            int j = middle
            for (int k = low; k < high; k++) {
                boolean takes = i < middle && j >= high
                if (i < middle && j < high) {
                    int order = compare(from[i], from[j])
                    takes = order <= 0
                }
                if (takes) {
                    to[k] = from[i]
                    i++
                } else {
                    to[k] = from[j]
                    j++
                }
            }
        }
        def swap = from
        from = to
        to = swap
    }
    return from
}

static Closure __comparison(Object order) {
    if (order instanceof Closure) {
        if (order.maximumNumberOfParameters == 2) {
            return order
        }
        return { a, b -> Collections.__order(order(a), order(b)) }
    }
    if (order == null) {
        return { a, b -> Collections.__order(a, b) }
    }
    return { a, b -> order.compare(a, b) }
}

/** Sorts by a comparison, or by nature when it is null. */
static List __sortInto(Object self, boolean mutate, Closure compare) {
    def sorted = compare == null ? self.__naturalOrder() : __sorted(self.toList(), compare)
    if (mutate && self instanceof List) {
        if (!self.__arrange(sorted)) {
            for (int i = 0; i < sorted.size(); i++) {
                self.set(i, sorted[i])
            }
        }
        return self
    }
    return sorted
}

static List sort(Iterable self) {
    return __sortInto(self, true, null)
}

static List sort(Iterable self, boolean mutate) {
    return __sortInto(self, mutate, null)
}

static List sort(Iterable self, Closure order) {
    return __sortInto(self, true, __comparison(order))
}

static List sort(Iterable self, boolean mutate, Closure order) {
    return __sortInto(self, mutate, __comparison(order))
}

static List sort(Iterable self, boolean mutate, Comparator order) {
    return __sortInto(self, mutate, __comparison(order))
}

/** Java's own method hides Groovy's: nothing comes back. */
static void sort(List self, Comparator order) {
    __sortInto(self, true, __comparison(order))
}

static List sort(Iterable self, Comparator order) {
    return __sortInto(self, true, __comparison(order))
}

static Object[] sort(Object[] self) {
    def sorted = self.__naturalOrder()
    for (int i = 0; i < sorted.size(); i++) {
        self[i] = sorted[i]
    }
    return self
}

static Object[] sort(Object[] self, boolean mutate) {
    return mutate ? sort(self) : sort(self.clone())
}

static Object[] sort(Object[] self, Closure order) {
    def out = self.clone()
    int i = 0
    for (item in __sorted(self.toList(), __comparison(order))) {
        out[i++] = item
    }
    return out
}

static Object[] toSorted(Object[] self) {
    return sort(self.clone())
}

static Object[] toSorted(Object[] self, Closure order) {
    return sort(self, order)
}

static Map sort(Map self, Comparator order) {
    def keys = __sorted(self.keySet().toList(), __comparison(order))
    def out = new TreeMap(order)
    for (key in keys) {
        out.put(key, self.get(key))
    }
    return out
}

static Map sort(Map self) {
    return new TreeMap(self)
}

static Map sort(Map self, Closure order) {
    def entries = []
    entries.addAll(self.entrySet())
    def out = [:]
    for (entry in __sorted(entries, __comparison(order))) {
        out.put(entry.key, entry.value)
    }
    return out
}

static List toSorted(Iterable self) {
    return self.__naturalOrder()
}

static List toSorted(Iterable self, Comparator order) {
    return __sorted(self.toList(), __comparison(order))
}

static Map toSorted(Map self) {
    def out = [:]
    for (entry in __sorted(self.entrySet().toList(), { a, b -> Collections.__order(a.value, b.value) })) {
        out.put(entry.key, entry.value)
    }
    return out
}

static Map toSorted(Map self, Closure order) {
    return sort(self, order)
}

static List toSorted(Iterable self, Closure order) {
    return __sorted(self.toList(), __comparison(order))
}

static Collection unique(Collection self, Closure same) {
    return unique(self, true, same)
}

static Collection unique(Collection self, boolean mutate, Closure same) {
    return __unique(self, mutate, same.maximumNumberOfParameters == 2 ? { a, b -> same(a, b) == 0 } : { a, b -> same(a) == same(b) })
}

static Collection unique(Collection self, Comparator order) {
    return __unique(self, true, { a, b -> order.compare(a, b) == 0 })
}

static Collection unique(Collection self, boolean mutate, Comparator order) {
    return __unique(self, mutate, { a, b -> order.compare(a, b) == 0 })
}

static Collection __unique(Collection self, boolean mutate, Closure same) {
    def kept = []
    def flags = []
    for (item in self) {
        boolean known = false
        for (other in kept) {
            if (same(item, other)) {
                known = true
                break
            }
        }
        flags.add(!known)
        if (!known) {
            kept.add(item)
        }
    }
    if (mutate) {
        self.__keep(flags)
        return self
    }
    return kept
}

static List toUnique(Iterable self, Closure same) {
    return unique(self.toList(), false, same)
}

static Object min(Object self) {
    def best = null
    boolean first = true
    for (item in self) {
        if (item != null && (first || (item <=> best) < 0)) {
            best = item
            first = false
        }
    }
    return best
}

static Object max(Object self) {
    def best = null
    boolean first = true
    for (item in self) {
        if (item != null && (first || (item <=> best) > 0)) {
            best = item
            first = false
        }
    }
    return best
}

static Object __extreme(Object items, Closure order, int sign) {
    if (order.maximumNumberOfParameters == 2) {
        def best = null
        boolean first = true
        for (item in items) {
            if (first || order(item, best) * sign > 0) {
                best = item
                first = false
            }
        }
        return best
    }
    def best = null
    def bestKey = null
    boolean first = true
    for (item in items) {
        def key = order(item)
        if (first || (key <=> bestKey) * sign > 0) {
            best = item
            bestKey = key
            first = false
        }
    }
    return best
}

static Object min(Object self, Comparator order) {
    return __extreme(self, { a, b -> order.compare(a, b) }, -1)
}

static Object max(Object self, Comparator order) {
    return __extreme(self, { a, b -> order.compare(a, b) }, 1)
}

static Object min(Object self, Closure order) {
    return __extreme(self, order, -1)
}

static Object max(Object self, Closure order) {
    return __extreme(self, order, 1)
}

static Object min(Map self, Closure order) {
    return __extreme(self.entrySet(), order.maximumNumberOfParameters == 2 ? order : { e -> order(e) }, -1)
}

static Object max(Map self, Closure order) {
    return __extreme(self.entrySet(), order.maximumNumberOfParameters == 2 ? order : { e -> order(e) }, 1)
}
