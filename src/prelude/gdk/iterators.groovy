// What Groovy's own methods do with an Iterator. Those that must have seen all of it use it up; the others are iterators of their own
// that take an element when they are asked for one, so that an endless one is no matter. What ends early leaves the rest.

class WindlassIterator implements Iterator {
    private final Closure more
    private final Closure give

    WindlassIterator(Closure more, Closure give) {
        this.more = more
        this.give = give
    }

    boolean hasNext() { return more.call() }

    Object next() {
        if (!hasNext()) {
            throw new NoSuchElementException()
        }
        return give.call()
    }

    void remove() {
        throw new UnsupportedOperationException('remove')
    }
}

static int size(Iterator self) {
    int n = 0
    while (self.hasNext()) {
        self.next()
        n++
    }
    return n
}

static Iterator sort(Iterator self) { return self.toList().sort(false).iterator() }
static Iterator sort(Iterator self, Object order) { return self.toList().sort(false, order).iterator() }
static Iterator toSorted(Iterator self) { return sort(self) }
static Iterator toSorted(Iterator self, Object order) { return sort(self, order) }
static Iterator unique(Iterator self) { return self.toList().unique().iterator() }
static Iterator unique(Iterator self, Object order) { return self.toList().unique(order).iterator() }

static Iterator toUnique(Iterator self) {
    def seen = new HashSet()
    return __ahead { __next_of(self) { seen.add(it) } }
}

/** `order`: a Comparator, a closure of two that compares, or one of one that says what must differ. */
static Iterator toUnique(Iterator self, Object order) {
    def seen = []
    boolean keys = order instanceof Closure && order.maximumNumberOfParameters == 1
    return __ahead {
        __next_of(self) { one ->
            def key = keys ? order.call(one) : one
            boolean known = seen.any {
                keys ? it == key : (order instanceof Closure ? order.call(it, one) : order.compare(it, one)) == 0
            }
            if (!known) {
                seen << key
            }
            !known
        }
    }
}

static Iterator tail(Iterator self) {
    if (!self.hasNext()) {
        throw new NoSuchElementException('Cannot access tail() for an empty Iterator')
    }
    self.next()
    return self
}

static Iterator init(Iterator self) {
    if (!self.hasNext()) {
        throw new NoSuchElementException('Cannot access init() for an empty Iterator')
    }
    def held = self.next()
    return new WindlassIterator({ self.hasNext() }, {
        def one = held
        held = self.next()
        one
    })
}

static Iterator take(Iterator self, int n) {
    int left = n
    return new WindlassIterator({ left > 0 && self.hasNext() }, {
        left--
        self.next()
    })
}

static Iterator drop(Iterator self, int n) {
    for (int i = 0; i < n && self.hasNext(); i++) {
        self.next()
    }
    return self
}

static Iterator dropRight(Iterator self, int n) { return self.toList().dropRight(n).iterator() }

static Iterator takeWhile(Iterator self, Closure condition) {
    return __ahead {
        if (!self.hasNext()) {
            return null
        }
        def one = self.next()
        return condition.call(one) ? [one] : null
    }
}

static Iterator dropWhile(Iterator self, Closure condition) {
    def first = __next_of(self) { !condition.call(it) }
    return new WindlassIterator({ first != null || self.hasNext() }, {
        if (first == null) {
            return self.next()
        }
        def one = first[0]
        first = null
        return one
    })
}

static Iterator withIndex(Iterator self) { return withIndex(self, 0) }

static Iterator withIndex(Iterator self, int offset) {
    int at = offset
    return new WindlassIterator({ self.hasNext() }, { [self.next(), at++] })
}

static Iterator indexed(Iterator self) { return indexed(self, 0) }

static Iterator indexed(Iterator self, int offset) {
    int at = offset
    return new WindlassIterator({ self.hasNext() }, { [at++, self.next()] })
}

/** The next element that is wanted, as a list of one; null at the end. */
static List __next_of(Iterator self, Closure wanted) {
    while (self.hasNext()) {
        def one = self.next()
        if (wanted.call(one)) {
            return [one]
        }
    }
    return null
}

/**
 * Of what `pull` gives, a list of one element or null at the end: the first is asked for now, each further one when the one before it
 * is taken.
 */
static Iterator __ahead(Closure pull) {
    def held = pull.call()
    return new WindlassIterator({ held != null }, {
        def one = held
        held = pull.call()
        one[0]
    })
}
