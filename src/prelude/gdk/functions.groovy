// Closure-taking methods of Optional, Collections, Arrays, Comparator and the atomics.

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

static Object map(Optional self, Object change) {
    return self.isPresent() ? Optional.ofNullable(__applied(change, self.get())) : self
}

static Object flatMap(Optional self, Object change) {
    return self.isPresent() ? __applied(change, self.get()) : self
}

static Object filter(Optional self, Object test) {
    return self.isPresent() && !__applied(test, self.get()) ? Optional.empty() : self
}

static void ifPresent(Optional self, Object action) {
    if (self.isPresent()) {
        __applied(action, self.get())
    }
}

static void ifPresentOrElse(Optional self, Object action, Object otherwise) {
    if (self.isPresent()) {
        __applied(action, self.get())
    } else {
        __applied(otherwise)
    }
}

static Object or(Optional self, Object make) {
    return self.isPresent() ? self : __applied(make)
}

static Object orElseGet(Optional self, Object make) {
    return self.isPresent() ? self.get() : __applied(make)
}

static Object orElseThrow(Optional self, Object make) {
    if (self.isPresent()) {
        return self.get()
    }
    throw __applied(make)
}

static Object requireNonNullElseGet(Class<Objects> self, Object value, Object make) {
    return value != null ? value : __applied(make)
}

static void sort(Class<Collections> self, List items) {
    items.sort(true, { a, b -> a <=> b })
}

static void sort(Class<Collections> self, List items, Object order) {
    items.sort(true, order)
}

static Object max(Class<Collections> self, Collection items) {
    if (items.isEmpty()) {
        throw new NoSuchElementException()
    }
    return items.max()
}

static Object max(Class<Collections> self, Collection items, Object order) {
    if (items.isEmpty()) {
        throw new NoSuchElementException()
    }
    return items.max(order)
}

static Object min(Class<Collections> self, Collection items) {
    if (items.isEmpty()) {
        throw new NoSuchElementException()
    }
    return items.min()
}

static Object min(Class<Collections> self, Collection items, Object order) {
    if (items.isEmpty()) {
        throw new NoSuchElementException()
    }
    return items.min(order)
}

static Object reverseOrder(Class<Collections> self) {
    return { a, b -> b <=> a } as Comparator
}

static Object reverseOrder(Class<Collections> self, Object order) {
    return { a, b -> __applied(order, b, a) } as Comparator
}

static Object reversed(Comparator self) {
    return { a, b -> self.compare(b, a) } as Comparator
}

static Object thenComparing(Comparator self, Object next) {
    def second = next instanceof Closure && next.maximumNumberOfParameters == 1 ? { a, b -> next(a) <=> next(b) } : { a, b -> __applied(next, a, b) }
    return { a, b -> self.compare(a, b) ?: second(a, b) } as Comparator
}

static void sort(Class<Arrays> self, Object[] items, Object order) {
    def sorted = items.toList().sort(false, order)
    for (int i = 0; i < sorted.size(); i++) {
        items[i] = sorted[i]
    }
}

static void setAll(Class<Arrays> self, Object[] items, Object make) {
    for (int i = 0; i < items.length; i++) {
        items[i] = __applied(make, i)
    }
}

static Object updateAndGet(java.util.concurrent.atomic.AtomicInteger self, Object change) {
    self.set(__applied(change, self.get()))
    return self.get()
}

static Object getAndUpdate(java.util.concurrent.atomic.AtomicInteger self, Object change) {
    def old = self.get()
    self.set(__applied(change, old))
    return old
}

static Object accumulateAndGet(java.util.concurrent.atomic.AtomicInteger self, int value, Object combine) {
    self.set(__applied(combine, self.get(), value))
    return self.get()
}

static Object updateAndGet(java.util.concurrent.atomic.AtomicReference self, Object change) {
    self.set(__applied(change, self.get()))
    return self.get()
}

static Object getAndUpdate(java.util.concurrent.atomic.AtomicReference self, Object change) {
    def old = self.get()
    self.set(__applied(change, old))
    return old
}

/** An Expando's closures are its methods: they see it as their delegate. */
static Object invokeMethod(Expando self, String name, Object args) {
    def member = self.getProperties().get(name)
    if (!(member instanceof Closure)) {
        throw new MissingMethodException(name, Expando, args as Object[])
    }
    return __callClosure(member, self, args.toList())
}

static String toString(Expando self) {
    def own = self.getProperties().get('toString')
    if (own instanceof Closure) {
        return __callClosure(own, self, []).toString()
    }
    return self.getProperties().toString()
}

/** One branch runs at a time: a collection is synchronised as it is. */
static Collection asSynchronized(Collection self) {
    return self
}

static String toListString(Collection self) {
    return self.toString()
}

static Object withCloseable(Closeable self, Closure action) {
    try {
        return action(self)
    } finally {
        self.close()
    }
}
