// What Groovy's own methods do with an Iterator: they use it up. Those that end before its end leave the rest to it.

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
static Iterator toUnique(Iterator self) { return unique(self) }
static Iterator toUnique(Iterator self, Object order) { return unique(self, order) }

static Iterator tail(Iterator self) {
    if (!self.hasNext()) {
        throw new NoSuchElementException('Cannot access tail() for an empty iterator')
    }
    self.next()
    return self
}

static Iterator init(Iterator self) {
    if (!self.hasNext()) {
        throw new NoSuchElementException('Cannot access init() for an empty iterator')
    }
    return dropRight(self, 1)
}

static Iterator dropRight(Iterator self, int n) { return self.toList().dropRight(n).iterator() }

static Iterator takeWhile(Iterator self, Closure condition) {
    def out = []
    while (self.hasNext()) {
        def one = self.next()
        if (!condition.call(one)) {
            break
        }
        out << one
    }
    return out.iterator()
}

static Iterator dropWhile(Iterator self, Closure condition) { return self.toList().dropWhile(condition).iterator() }
static Iterator withIndex(Iterator self) { return self.toList().withIndex().iterator() }
static Iterator withIndex(Iterator self, int offset) { return self.toList().withIndex(offset).iterator() }
static Iterator indexed(Iterator self) { return indexed(self, 0) }

static Iterator indexed(Iterator self, int offset) {
    def out = []
    while (self.hasNext()) {
        out << [offset++, self.next()]
    }
    return out.iterator()
}
