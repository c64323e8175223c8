// Methods of texts, patterns and writers that are a few lines of others.

static boolean endsWithAny(CharSequence self, CharSequence... suffixes) {
    for (suffix in suffixes) {
        if (self.toString().endsWith(suffix.toString())) {
            return true
        }
    }
    return false
}

static Short toShort(CharSequence self) { return Short.valueOf(self.toString().trim()) }

static String expandLine(CharSequence self, int tabStop) {
    String text = self.toString()
    for (int at = text.indexOf('\t'); at >= 0; at = text.indexOf('\t')) {
        text = text.substring(0, at) + ' ' * (tabStop - at % tabStop) + text.substring(at + 1)
    }
    return text
}

static String indent(String self, int n) {
    if (self.isEmpty()) {
        return ''
    }
    def out = new StringBuilder()
    for (line in self.readLines()) {
        int blanks = 0
        while (blanks < -n && blanks < line.length() && Character.isWhitespace(line.charAt(blanks))) {
            blanks++
        }
        out << (n > 0 ? ' ' * n + line : line.substring(blanks)) << '\n'
    }
    return out.toString()
}

static Object transform(String self, Closure change) { return change.call(self) }
static int compareTo(StringBuilder self, StringBuilder other) { return self.toString().compareTo(other.toString()) }
static String next(StringBuilder self) { return self.toString().next() }
static String previous(StringBuilder self) { return self.toString().previous() }
static int length(StringJoiner self) { return self.toString().length() }

static java.util.stream.Stream results(java.util.regex.Matcher self) {
    def out = []
    self.reset()
    while (self.find()) {
        out << self.toMatchResult()
    }
    return out.stream()
}

static Object asPredicate(java.util.regex.Pattern self) { return { (self.matcher(it)).find() } as java.util.function.Predicate }
static Object asMatchPredicate(java.util.regex.Pattern self) { return { (self.matcher(it)).matches() } as java.util.function.Predicate }

static Object withWriter(Writer self, Closure body) {
    def out = body.call(self)
    self.flush()
    return out
}

static long skip(Reader self, long count) {
    long skipped = 0
    while (skipped < count && self.read() >= 0) {
        skipped++
    }
    return skipped
}

static boolean isJavaIdentifierStart(Class<Character> self, char c) { return Character.isLetter(c) || c == ('_' as char) || c == ('$' as char) }
static boolean isJavaIdentifierPart(Class<Character> self, char c) { return isJavaIdentifierStart(self, c) || Character.isDigit(c) }

static boolean isSupported(Class<java.nio.charset.Charset> self, String name) {
    try {
        java.nio.charset.Charset.forName(name)
        return true
    } catch (java.nio.charset.UnsupportedCharsetException e) {
        return false
    }
}
