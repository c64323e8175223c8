// More of java.util and java.net: what is arithmetic or a loop around other methods. Set operations of a BitSet are
// Groovy's: they give a new one.

static BitSet and(BitSet self, BitSet other) { return chosen(self, other) { a, b -> a && b } }
static BitSet or(BitSet self, BitSet other) { return chosen(self, other) { a, b -> a || b } }
static BitSet xor(BitSet self, BitSet other) { return chosen(self, other) { a, b -> a != b } }

private static BitSet chosen(BitSet self, BitSet other, Closure choice) {
    def out = new BitSet()
    for (int i = 0; i < Math.max(self.length(), other.length()); i++) {
        if (choice.call(self.get(i), other.get(i))) {
            out.set(i)
        }
    }
    return out
}

static void andNot(BitSet self, BitSet other) {
    for (int i = other.nextSetBit(0); i >= 0; i = other.nextSetBit(i + 1)) {
        self.clear(i)
    }
}

static void flip(BitSet self, int i) { self.set(i, !self.get(i)) }
static boolean isEmpty(BitSet self) { return self.length() == 0 }
static boolean intersects(BitSet self, BitSet other) { return !and(self, other).isEmpty() }

static int nextClearBit(BitSet self, int from) {
    int i = from
    while (self.get(i)) {
        i++
    }
    return i
}

static int previousSetBit(BitSet self, int from) {
    int i = from
    while (i >= 0 && !self.get(i)) {
        i--
    }
    return i
}

static Object swap(Object[] self, int i, int j) {
    def kept = self[i]
    self[i] = self[j]
    self[j] = kept
    return self
}

static Collection asCollection(Collection self) { return self }
static Set navigableKeySet(TreeMap self) { return self.keySet() }
static ArrayDeque clone(ArrayDeque self) { return new ArrayDeque(self) }
static long mappingCount(java.util.concurrent.ConcurrentHashMap self) { return self.size() }
static boolean contains(java.util.concurrent.ConcurrentHashMap self, Object value) { return self.containsValue(value) }
static Set newKeySet(Class<java.util.concurrent.ConcurrentHashMap> self) { return new HashSet() }

static Object reduceValues(java.util.concurrent.ConcurrentHashMap self, long threshold, Closure reducer) {
    def values = self.values().toList()
    return values.isEmpty() ? null : values.inject { a, b -> reducer.call(a, b) }
}

static Set newSetFromMap(Class<Collections> self, Map map) {
    return map instanceof TreeMap ? new TreeSet() : map instanceof LinkedHashMap ? new LinkedHashSet() : new HashSet()
}

static int getAndAccumulate(java.util.concurrent.atomic.AtomicInteger self, int n, Closure change) { int before = self.get(); self.set(change.call(before, n) as int); return before }

static BigDecimal nextBigDecimal(Scanner self) { return new BigDecimal(self.next()) }
static BigInteger nextBigInteger(Scanner self) { return new BigInteger(self.next()) }

static long timestamp(UUID self) {
    if (self.version() != 1) {
        throw new UnsupportedOperationException('Not a time-based UUID')
    }
    long high = self.mostSignificantBits
    return ((high & 0x0FFFL) << 48) | (((high >>> 16) & 0xFFFFL) << 32) | (high >>> 32)
}

static String getRawSchemeSpecificPart(URI self) {
    String text = self.toString()
    int end = text.indexOf('#')
    text = end < 0 ? text : text.substring(0, end)
    return self.scheme == null ? text : text.substring(self.scheme.length() + 1)
}

static String getRawFragment(URI self) {
    String text = self.toString()
    int at = text.indexOf('#')
    return at < 0 ? null : text.substring(at + 1)
}

static String getSchemeSpecificPart(URI self) { return URLDecoder.decode(getRawSchemeSpecificPart(self).replace('+', '%2B'), 'UTF-8') }

static URI relativize(URI self, URI other) {
    String base = self.path
    boolean is_below = self.scheme == other.scheme && self.authority == other.authority && base != null && other.path != null
    String folder = base == null || base.endsWith('/') || base == other.path ? base : base.substring(0, base.lastIndexOf('/') + 1)
    if (!is_below || !other.path.startsWith(folder)) {
        return other
    }
    String rest = other.rawPath.substring(folder.length())
    return new URI(rest + (other.rawQuery != null ? '?' + other.rawQuery : '') + (other.fragment != null ? '#' + getRawFragment(other) : ''))
}

static void upto(Date self, Date to, Closure body) {
    if (self > to) {
        throw new GroovyRuntimeException("The argument (${to}) to upto() cannot be earlier than the value (${self}) it's called on.".toString())
    }
    for (Date day = new Date(self.time); day <= to; day = day + 1) {
        body.call(day)
    }
}

static void downto(Date self, Date to, Closure body) {
    if (self < to) {
        throw new GroovyRuntimeException("The argument (${to}) to downto() cannot be later than the value (${self}) it's called on.".toString())
    }
    for (Date day = new Date(self.time); day >= to; day = day - 1) {
        body.call(day)
    }
}

static void upto(Calendar self, Calendar to, Closure body) {
    for (Calendar day = self.clone(); day <= to; day = moved(day, 1)) {
        body.call(day)
    }
}

static void downto(Calendar self, Calendar to, Closure body) {
    for (Calendar day = self.clone(); day >= to; day = moved(day, -1)) {
        body.call(day)
    }
}

private static Calendar moved(Calendar self, int days) {
    def out = self.clone()
    out.add(Calendar.DATE, days)
    return out
}

static java.time.Instant toInstant(Calendar self) { return java.time.Instant.ofEpochMilli(self.timeInMillis) }

/** The text that load() reads: comments, the time, one line each. A stream gets Latin-1 with escapes, a writer the characters. */
static void store(Properties self, Object out, Object comments) {
    boolean bytes = out instanceof OutputStream
    def text = new StringBuilder()
    if (comments != null) {
        text << '#' << __comment_lines("$comments".toString()) << '\n'
    }
    text << '#' << new Date().toString() << '\n'
    for (entry in self.entrySet()) {
        text << __escaped_property("${entry.key}".toString(), true, bytes) << '='
        text << __escaped_property("${entry.value}".toString(), false, bytes) << '\n'
    }
    if (bytes) {
        out.write(text.toString().getBytes('ISO-8859-1'))
    } else {
        out.write(text.toString())
    }
    out.flush()
}

static String __comment_lines(String text) {
    def lines = text.split('\r\n|\n|\r', -1).toList()
    return lines.withIndex().collect { line, i ->
        def mark = i == 0 || line.startsWith('#') || line.startsWith('!') ? '' : '#'
        mark + line
    }.join('\n')
}

static String __unicode_escape(char c) { return '\\u' + Integer.toHexString(0x10000 | (c as int)).substring(1).toUpperCase() }

/** In a key all blanks are escaped, in a value the first. */
static String __escaped_property(String text, boolean key, boolean bytes) {
    def out = new StringBuilder()
    for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i)
        switch (c) {
            case ' ': out << (key || i == 0 ? '\\ ' : ' '); break
            case '\t': out << '\\t'; break
            case '\n': out << '\\n'; break
            case '\r': out << '\\r'; break
            case '\f': out << '\\f'; break
            default:
                if ('=:#!\\'.indexOf(c as int) >= 0) {
                    out << '\\'
                }
                out << (bytes && ((c as int) < 0x20 || (c as int) > 0x7e) ? __unicode_escape(c) : c)
        }
    }
    return out.toString()
}
