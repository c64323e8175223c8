// Small methods of java.lang, java.math and java.util that are a line of arithmetic or a loop.

static int compare(Class<Boolean> self, boolean a, boolean b) { return a == b ? 0 : a ? 1 : -1 }
static boolean logicalAnd(Class<Boolean> self, boolean a, boolean b) { return a && b }
static boolean logicalOr(Class<Boolean> self, boolean a, boolean b) { return a || b }
static boolean logicalXor(Class<Boolean> self, boolean a, boolean b) { return a != b }
static int compare(Class<Character> self, char a, char b) { return (a as int) - (b as int) }
static boolean isISOControl(Class<Character> self, char c) { int n = c as int; return n <= 0x1F || n >= 0x7F && n <= 0x9F }

static boolean isSpaceChar(Class<Character> self, char c) { return c == (' ' as char) || (c as int) in [0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000] || (c as int) in (0x2000..0x200A) }
static int charCount(Class<Character> self, int codePoint) { return codePoint >= 0x10000 ? 2 : 1 }

static int max(Class<Integer> self, int a, int b) { return a >= b ? a : b }
static int min(Class<Integer> self, int a, int b) { return a <= b ? a : b }
static long max(Class<Long> self, long a, long b) { return a >= b ? a : b }
static long min(Class<Long> self, long a, long b) { return a <= b ? a : b }
static double max(Class<Double> self, double a, double b) { return Math.max(a, b) }
static double min(Class<Double> self, double a, double b) { return Math.min(a, b) }
static double sum(Class<Double> self, double a, double b) { return a + b }
static float max(Class<Float> self, float a, float b) { return Math.max(a, b) }
static float min(Class<Float> self, float a, float b) { return Math.min(a, b) }
static double copySign(Class<Math> self, double size, double sign) { return (sign < 0 || 1.0d / sign < 0) != (size < 0 || 1.0d / size < 0) ? -size : size }
static int absExact(Class<Math> self, int a) {
    if (a == Integer.MIN_VALUE) {
        throw new ArithmeticException('Overflow to represent absolute value of Integer.MIN_VALUE')
    }
    return a < 0 ? -a : a
}

static int parseUnsignedInt(Class<Integer> self, String text) { return parseUnsignedInt(self, text, 10) }

static int parseUnsignedInt(Class<Integer> self, String text, int radix) {
    long all = Long.parseLong(text, radix)
    if (text.startsWith('-')) {
        throw new NumberFormatException("Illegal leading minus sign on unsigned string ${text}.".toString())
    }
    if (all > 0xFFFFFFFFL) {
        throw new NumberFormatException("String value ${text} exceeds range of unsigned int.".toString())
    }
    return all as int
}

static int compareUnsigned(Class<Integer> self, int a, int b) { return Integer.compare(a ^ Integer.MIN_VALUE, b ^ Integer.MIN_VALUE) }
static int divideUnsigned(Class<Integer> self, int a, int b) { return (a & 0xFFFFFFFFL).intdiv(b & 0xFFFFFFFFL) as int }
static int remainderUnsigned(Class<Integer> self, int a, int b) { return ((a & 0xFFFFFFFFL) % (b & 0xFFFFFFFFL)) as int }
static String toUnsignedString(Class<Integer> self, int a) { return Long.toString(a & 0xFFFFFFFFL) }
static long rotateLeft(Class<Long> self, long a, int n) { return (a << n) | (a >>> -n) }
static long rotateRight(Class<Long> self, long a, int n) { return (a >>> n) | (a << -n) }
static long highestOneBit(Class<Long> self, long a) { return a == 0L ? 0L : 1L << (63 - Long.numberOfLeadingZeros(a)) }
static long lowestOneBit(Class<Long> self, long a) { return a & -a }
static int compareUnsigned(Class<Long> self, long a, long b) { return Long.compare(a ^ Long.MIN_VALUE, b ^ Long.MIN_VALUE) }
static long multiplyFull(Class<Math> self, int a, int b) { return (a as long) * (b as long) }

static BigInteger andNot(BigInteger self, BigInteger other) { return self & (-other - 1G) }
static BigInteger not(BigInteger self) { return -self - 1G }
static BigInteger setBit(BigInteger self, int n) { return self | 1G.shiftLeft(n) }
static BigInteger flipBit(BigInteger self, int n) { return self ^ 1G.shiftLeft(n) }
static BigInteger clearBit(BigInteger self, int n) { return self.testBit(n) ? flipBit(self, n) : self }

static int intValueExact(BigInteger self) {
    if (self.bitLength() > 31) {
        throw new ArithmeticException('BigInteger out of int range')
    }
    return self.intValue()
}

static long longValueExact(BigInteger self) {
    if (self.bitLength() > 63) {
        throw new ArithmeticException('BigInteger out of long range')
    }
    return self.longValue()
}

static int compare(Class<Objects> self, Object a, Object b, Comparator order) { return a.is(b) ? 0 : order.compare(a, b) }

static int checkIndex(Class<Objects> self, int index, int length) {
    if (index < 0 || index >= length) {
        throw new IndexOutOfBoundsException("Index ${index} out of bounds for length ${length}".toString())
    }
    return index
}

static int indexOfSubList(Class<Collections> self, List source, List target) {
    for (int i = 0; i + target.size() <= source.size(); i++) {
        if (source.subList(i, i + target.size()).equals(target)) {
            return i
        }
    }
    return -1
}

static int lastIndexOfSubList(Class<Collections> self, List source, List target) {
    for (int i = source.size() - target.size(); i >= 0; i--) {
        if (source.subList(i, i + target.size()).equals(target)) {
            return i
        }
    }
    return -1
}

static boolean replaceAll(Class<Collections> self, List list, Object before, Object after) {
    boolean changed = false
    for (int i = 0; i < list.size(); i++) {
        if (list.get(i) == before) {
            list.set(i, after)
            changed = true
        }
    }
    return changed
}

static void addElement(Vector self, Object item) { self.add(item) }
static Object elementAt(Vector self, int index) { return self.get(index) }
static void setElementAt(Vector self, Object item, int index) { self.set(index, item) }
static void insertElementAt(Vector self, Object item, int index) { self.add(index, item) }
static void removeElementAt(Vector self, int index) { self.remove(index) }
static void removeAllElements(Vector self) { self.clear() }

static Object firstElement(Vector self) {
    if (self.isEmpty()) {
        throw new NoSuchElementException()
    }
    return self.get(0)
}

static Object lastElement(Vector self) {
    if (self.isEmpty()) {
        throw new NoSuchElementException()
    }
    return self.get(self.size() - 1)
}

static long getAndUpdate(java.util.concurrent.atomic.AtomicLong self, Closure change) { long before = self.get(); self.set(change.call(before) as long); return before }
static long updateAndGet(java.util.concurrent.atomic.AtomicLong self, Closure change) { self.set(change.call(self.get()) as long); return self.get() }
static long getAndAccumulate(java.util.concurrent.atomic.AtomicLong self, long n, Closure change) { long before = self.get(); self.set(change.call(before, n) as long); return before }
static long accumulateAndGet(java.util.concurrent.atomic.AtomicLong self, long n, Closure change) { self.set(change.call(self.get(), n) as long); return self.get() }
static Object getAndAccumulate(java.util.concurrent.atomic.AtomicReference self, Object x, Closure change) { def before = self.get(); self.set(change.call(before, x)); return before }
static Object accumulateAndGet(java.util.concurrent.atomic.AtomicReference self, Object x, Closure change) { self.set(change.call(self.get(), x)); return self.get() }

/** Fields by their names, as copyWith takes them, or by their numbers. */
static void set(Calendar self, Map updates) {
    def numbers = [year: Calendar.YEAR, month: Calendar.MONTH, date: Calendar.DATE, dayOfMonth: Calendar.DATE, hourOfDay: Calendar.HOUR_OF_DAY,
                   minute: Calendar.MINUTE, second: Calendar.SECOND]
    for (entry in updates.entrySet()) {
        def field = entry.key instanceof String ? numbers[entry.key] : entry.key
        if (field instanceof Integer) {
            self.set(field, entry.value)
        }
    }
}
