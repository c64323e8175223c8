// Closures made of closures, scripts made of text, categories. What this is not: curry (native), calling.

static Closure rightShift(Closure self, Closure other) {
    return __wrap({ Object[] args -> other.call(self.call(*args)) }, self)
}

static Closure leftShift(Closure self, Closure other) {
    return __wrap({ Object[] args -> self.call(other.call(*args)) }, other)
}

static Object leftShift(Closure self, Object argument) {
    return self.call(argument)
}

static Closure memoize(Closure self) {
    return __memoized(self, 0)
}

static Closure memoizeAtMost(Closure self, int most) {
    if (most < 0) {
        throw new IllegalArgumentException('A non-negative number is required as the maxCacheSize parameter for memoizeAtMost.')
    }
    return __memoized(self, most)
}

static Closure memoizeAtLeast(Closure self, int least) {
    return __memoized(self, 0)
}

static Closure memoizeBetween(Closure self, int least, int most) {
    return __memoized(self, most)
}

/** `most` 0 is no limit; else the one used longest ago goes first. */
static Closure __memoized(Closure self, int most) {
    def known = [:]
    return __wrap({ Object[] args ->
        def key = args.toList()
        if (known.containsKey(key)) {
            def value = known.remove(key)
            known.put(key, value)
            return value
        }
        def value = self.call(*args)
        if (most > 0 && known.size() >= most) {
            known.remove(known.keySet().iterator().next())
        }
        known.put(key, value)
        return value
    }, self)
}

static Closure trampoline(Closure self) {
    return __mark(self) == null ? __trampoline(self) : self
}

static Closure trampoline(Closure self, Object... args) {
    def original = __mark(self)
    return __trampoline((original == null ? self : original).curry(*args))
}

static Closure __trampoline(Closure original) {
    return __wrap({ Object[] args ->
        def result = original.call(*args)
        while (true) {
            def next = __mark(result)
            if (next == null) {
                return result
            }
            result = next.call()
        }
    }, original, original)
}

static Object evaluate(Script self, String text) {
    return __compile(self, text).run()
}

static Object evaluate(GroovyShell self, String text) {
    return __compile(self, text).run()
}

static Object parse(GroovyShell self, String text) {
    return __compile(self, text)
}

static Object use(Object self, Class category, Closure body) {
    return __used([category], body)
}

static Object use(Object self, List categories, Closure body) {
    return __used(categories, body)
}

static Object use(Object self, Object... categoriesAndBody) {
    def all = categoriesAndBody.toList()
    def body = all.remove(all.size() - 1)
    return __used(all, body)
}

/** Inside of `body` the static methods of these classes are methods of their first parameter. */
static Object __used(List categories, Closure body) {
    __enterUse(categories)
    try {
        return body.call()
    } finally {
        __leaveUse(categories)
    }
}
