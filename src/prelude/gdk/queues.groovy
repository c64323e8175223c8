// java.util.PriorityQueue: Java's binary heap in the list's own elements, so that it also prints in Java's order. The
// comparator, which may be a script's closure, is asked through `__extra()`.

static int __order(Object self, Object a, Object b) {
    def order = self.__extra()
    if (order == null) {
        return a <=> b
    }
    return order instanceof Closure ? order.call(a, b) : order.compare(a, b)
}

static boolean offer(PriorityQueue self, Object item) {
    if (item == null) {
        throw new NullPointerException()
    }
    self.__append(item)
    int k = self.size() - 1
    while (k > 0) {
        int parent = (k - 1) >>> 1
        def above = self[parent]
        if (__order(self, item, above) >= 0) {
            break
        }
        self[k] = above
        k = parent
    }
    self[k] = item
    return true
}

static boolean add(PriorityQueue self, Object item) {
    return offer(self, item)
}

static boolean addAll(PriorityQueue self, Object items) {
    boolean changed = false
    for (item in items) {
        offer(self, item)
        changed = true
    }
    return changed
}

static PriorityQueue leftShift(PriorityQueue self, Object item) {
    offer(self, item)
    return self
}

static Object poll(PriorityQueue self) {
    int n = self.size()
    if (n == 0) {
        return null
    }
    def result = self[0]
    def last = self.__take()
    n--
    if (n > 0) {
        int k = 0
        int half = n >>> 1
        while (k < half) {
            int child = 2 * k + 1
            if (child + 1 < n && __order(self, self[child], self[child + 1]) > 0) {
                child++
            }
            if (__order(self, last, self[child]) <= 0) {
                break
            }
            self[k] = self[child]
            k = child
        }
        self[k] = last
    }
    return result
}

static Object remove(PriorityQueue self) {
    if (self.isEmpty()) {
        throw new NoSuchElementException()
    }
    return poll(self)
}

static boolean remove(PriorityQueue self, Object item) {
    def rest = self.toList()
    int at = rest.indexOf(item)
    if (at < 0) {
        return false
    }
    rest.remove(at)
    self.clear()
    for (other in rest) {
        offer(self, other)
    }
    return true
}
