// Library methods that call a closure for each element. Written in Groovy so that the closure may wait for a step: the
// evaluator's own frames are all there is. Semantics: Groovy 2.4's extension methods.

static Object each(Object self, Closure action) {
    for (item in self) {
        action(item)
    }
    return self
}

static Map each(Map self, Closure action) {
    boolean pairs = action.maximumNumberOfParameters == 2
    for (entry in self) {
        if (pairs) {
            action(entry.key, entry.value)
        } else {
            action(entry)
        }
    }
    return self
}

static Object eachWithIndex(Object self, Closure action) {
    int index = 0
    for (item in self) {
        action(item, index)
        index++
    }
    return self
}

static Map eachWithIndex(Map self, Closure action) {
    boolean pairs = action.maximumNumberOfParameters == 3
    int index = 0
    for (entry in self) {
        if (pairs) {
            action(entry.key, entry.value, index)
        } else {
            action(entry, index)
        }
        index++
    }
    return self
}

static List reverseEach(List self, Closure action) {
    for (int i = self.size() - 1; i >= 0; i--) {
        action(self[i])
    }
    return self
}

static Map reverseEach(Map self, Closure action) {
    def entries = []
    entries.addAll(self.entrySet())
    for (int i = entries.size() - 1; i >= 0; i--) {
        if (action.maximumNumberOfParameters == 2) {
            action(entries[i].key, entries[i].value)
        } else {
            action(entries[i])
        }
    }
    return self
}

static void forEach(Iterable self, Object action) {
    for (item in self) {
        __applied(action, item)
    }
}

static void forEach(Map self, Object action) {
    for (entry in self) {
        __applied(action, entry.key, entry.value)
    }
}

static void forEachRemaining(Iterator self, Object action) {
    while (self.hasNext()) {
        __applied(action, self.next())
    }
}

static void times(Number self, Closure action) {
    int count = self.intValue()
    for (int i = 0; i < count; i++) {
        action(i)
    }
}

static void upto(Number self, Number to, Closure action) {
    if (self > to) {
        throw new GroovyRuntimeException("The argument (${to}) to upto() cannot be less than the value (${self}) it's called on.")
    }
    def i = self
    while (i <= to) {
        action(i)
        i = i + 1
    }
}

static void downto(Number self, Number to, Closure action) {
    if (self < to) {
        throw new GroovyRuntimeException("The argument (${to}) to downto() cannot be greater than the value (${self}) it's called on.")
    }
    def i = self
    while (i >= to) {
        action(i)
        i = i - 1
    }
}

static void step(Number self, Number to, Number stepNumber, Closure action) {
    if (stepNumber == 0) {
        throw new GroovyRuntimeException("Infinite loop in ${self}.step(${to}, ${stepNumber})")
    }
    def i = self
    if (stepNumber > 0) {
        while (i < to) {
            action(i)
            i = i + stepNumber
        }
    } else {
        while (i > to) {
            action(i)
            i = i + stepNumber
        }
    }
}

static Object eachLine(CharSequence self, Closure action) {
    return eachLine(self, 0, action)
}

static Object eachLine(CharSequence self, int firstLine, Closure action) {
    int number = firstLine
    def result = null
    boolean numbered = action.maximumNumberOfParameters == 2
    for (line in self.toString().readLines()) {
        result = numbered ? action(line, number) : action(line)
        number++
    }
    return result
}

static Object eachMatch(CharSequence self, Object regex, Closure action) {
    def matcher = self.toString() =~ regex
    for (match in matcher) {
        if (match instanceof List && action.maximumNumberOfParameters > 1) {
            action(*match)
        } else {
            action(match)
        }
    }
    return self
}

static Object with(Object self, Closure action) {
    return __callClosure(action, self, [self])
}

static Object identity(Object self, Closure action) {
    return with(self, action)
}

static Object eachByte(Object self, Closure action) {
    for (b in self.bytes) {
        action(b)
    }
    return self
}

static void eachPermutation(Iterable self, Closure action) {
    for (p in self.permutations()) {
        action(p)
    }
}

static List combinations(Iterable self, Closure action) {
    return self.combinations().collect { action(it) }
}

static void eachCombination(Iterable self, Closure action) {
    for (c in self.combinations()) {
        action(c)
    }
}

static void step(Range self, int step, Closure action) {
    for (item in self.step(step)) {
        action(item)
    }
}

static Object eachLine(java.io.Reader self, Closure action) {
    return eachLine(self.text, 1, action)
}

static Object splitEachLine(CharSequence self, Object regex, Closure action) {
    def result = null
    for (line in self.toString().readLines()) {
        result = action(line.split(regex.toString()).toList())
    }
    return result
}

static Object splitEachLine(java.io.Reader self, Object regex, Closure action) {
    return splitEachLine(self.text, regex, action)
}

static String collectReplacements(String self, Closure transform) {
    def out = new StringBuilder()
    for (unit in self) {
        def other = transform(unit as char)
        out.append(other == null ? unit : other)
    }
    return out.toString()
}

static Object[] eachWithIndex(Object[] self, Closure action) {
    int index = 0
    for (item in self) {
        action(item, index)
        index++
    }
    return self
}

static Object[] reverseEach(Object[] self, Closure action) {
    for (int i = self.length - 1; i >= 0; i--) {
        action(self[i])
    }
    return self
}

/** Starts at once and runs to its end: there is one thread in a run. */
static void start(Thread self) {
    __run(self)
}

static void run(Thread self) {
    __run(self)
}

static void __run(Thread self) {
    def body = self.__content()
    if (body instanceof Closure) {
        body.call()
    } else if (body != null) {
        body.run()
    }
}

static void join(Thread self) {
}

static void join(Thread self, long millis) {
}

/** A script without steps has no time of its own: sleeping is over at once. */
static void sleep(Object self, long millis) {
}

static void sleep(Class<Thread> self, long millis) {
}

static void sleep(Object self, long millis, Closure onInterrupt) {
}

static boolean isAlive(Thread self) {
    return false
}

static Thread start(Class<Thread> self, Closure body) {
    def thread = new Thread(body)
    body.call()
    return thread
}

static Thread currentThread(Class<Thread> self) {
    return new Thread()
}

/** Calls a closure, or the one method of a functional interface's object. */
static Object __applied(Object function, Object... args) {
    if (function instanceof Closure) {
        return function.call(*args)
    }
    for (name in ['accept', 'apply', 'run', 'call']) {
        if (function.respondsTo(name)) {
            return function."$name"(*args)
        }
    }
    return function.call(*args)
}
