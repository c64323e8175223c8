// org.apache.commons.lang.StringUtils and its successor of lang3: what libraries ask of texts that may be null.

static boolean isEmpty(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return text == null || text.length() == 0 }
static boolean isNotEmpty(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return !isEmpty(self, text) }
static boolean isBlank(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return text == null || text.toString().every { Character.isWhitespace(it as char) } }
static boolean isNotBlank(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return !isBlank(self, text) }

private static boolean __all_of(CharSequence text, Closure fits) { return text != null && text.length() > 0 && text.toString().every { fits.call(it as char) } }

static boolean isNumeric(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return __all_of(text) { Character.isDigit(it) } }
static boolean isAlpha(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return __all_of(text) { Character.isLetter(it) } }
static boolean isAlphanumeric(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return __all_of(text) { Character.isLetterOrDigit(it) } }
static boolean equals(Class<org.apache.commons.lang.StringUtils> self, CharSequence a, CharSequence b) { return a == null ? b == null : b != null && a.toString() == b.toString() }
static boolean equalsIgnoreCase(Class<org.apache.commons.lang.StringUtils> self, String a, String b) { return a == null ? b == null : a.equalsIgnoreCase(b) }
static boolean contains(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return text != null && part != null && text.toString().contains(part) }
static boolean containsIgnoreCase(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return text != null && part != null && text.toString().toLowerCase().contains(part.toString().toLowerCase()) }
static boolean startsWith(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return text == null || part == null ? text == part : text.toString().startsWith(part.toString()) }
static boolean endsWith(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return text == null || part == null ? text == part : text.toString().endsWith(part.toString()) }
static boolean startsWithIgnoreCase(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return startsWith(self, text?.toString()?.toLowerCase(), part?.toString()?.toLowerCase()) }
static boolean endsWithIgnoreCase(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return endsWith(self, text?.toString()?.toLowerCase(), part?.toString()?.toLowerCase()) }

static String trim(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.trim() }
static String trimToEmpty(Class<org.apache.commons.lang.StringUtils> self, String text) { return text == null ? '' : text.trim() }
static String trimToNull(Class<org.apache.commons.lang.StringUtils> self, String text) { String out = trimToEmpty(self, text); return out.isEmpty() ? null : out }
static String strip(Class<org.apache.commons.lang.StringUtils> self, String text) { return stripEnd(self, stripStart(self, text, null), null) }
static String strip(Class<org.apache.commons.lang.StringUtils> self, String text, String letters) { return stripEnd(self, stripStart(self, text, letters), letters) }

private static boolean __stripped(String letters, char c) { return letters == null ? Character.isWhitespace(c) : letters.indexOf(c as int) >= 0 }

static String stripStart(Class<org.apache.commons.lang.StringUtils> self, String text, String letters) {
    int at = 0
    while (text != null && at < text.length() && __stripped(letters, text.charAt(at))) {
        at++
    }
    return text?.substring(at)
}

static String stripEnd(Class<org.apache.commons.lang.StringUtils> self, String text, String letters) {
    int end = text == null ? 0 : text.length()
    while (end > 0 && __stripped(letters, text.charAt(end - 1))) {
        end--
    }
    return text?.substring(0, end)
}

static String defaultString(Class<org.apache.commons.lang.StringUtils> self, String text) { return text == null ? '' : text }
static String defaultString(Class<org.apache.commons.lang.StringUtils> self, String text, String otherwise) { return text == null ? otherwise : text }
static Object defaultIfEmpty(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence otherwise) { return isEmpty(self, text) ? otherwise : text }
static Object defaultIfBlank(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence otherwise) { return isBlank(self, text) ? otherwise : text }
static String capitalize(Class<org.apache.commons.lang.StringUtils> self, String text) { return text ? text.substring(0, 1).toUpperCase() + text.substring(1) : text }
static String uncapitalize(Class<org.apache.commons.lang.StringUtils> self, String text) { return text ? text.substring(0, 1).toLowerCase() + text.substring(1) : text }
static String upperCase(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.toUpperCase() }
static String lowerCase(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.toLowerCase() }
static String reverse(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.reverse() }
static String chomp(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.endsWith('\r\n') ? text[0..<-2] : text?.endsWith('\n') || text?.endsWith('\r') ? text.substring(0, text.length() - 1) : text }
static String deleteWhitespace(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.replaceAll(/\s+/, '') }
static String normalizeSpace(Class<org.apache.commons.lang.StringUtils> self, String text) { return text?.trim()?.replaceAll(/\s+/, ' ') }
static String repeat(Class<org.apache.commons.lang.StringUtils> self, String text, int count) { return text == null ? null : count <= 0 ? '' : text * count }
static String remove(Class<org.apache.commons.lang.StringUtils> self, String text, String part) { return text && part ? text.replace(part, '') : text }
static String removeStart(Class<org.apache.commons.lang.StringUtils> self, String text, String part) { return text && part && text.startsWith(part) ? text.substring(part.length()) : text }
static String removeEnd(Class<org.apache.commons.lang.StringUtils> self, String text, String part) { return text && part && text.endsWith(part) ? text.substring(0, text.length() - part.length()) : text }
static String replace(Class<org.apache.commons.lang.StringUtils> self, String text, String part, String by) { return text && part && by != null ? text.replace(part, by) : text }
static String leftPad(Class<org.apache.commons.lang.StringUtils> self, String text, int size) { return text?.padLeft(size) }
static String leftPad(Class<org.apache.commons.lang.StringUtils> self, String text, int size, Object pad) { return text?.padLeft(size, pad ? pad.toString() : ' ') }
static String rightPad(Class<org.apache.commons.lang.StringUtils> self, String text, int size) { return text?.padRight(size) }
static String rightPad(Class<org.apache.commons.lang.StringUtils> self, String text, int size, Object pad) { return text?.padRight(size, pad ? pad.toString() : ' ') }
static String left(Class<org.apache.commons.lang.StringUtils> self, String text, int count) { return text?.take(Math.max(count, 0)) }
static String right(Class<org.apache.commons.lang.StringUtils> self, String text, int count) { return text == null ? null : text.substring(Math.max(0, text.length() - Math.max(count, 0))) }
static int countMatches(Class<org.apache.commons.lang.StringUtils> self, CharSequence text, CharSequence part) { return text && part ? text.toString().count(part.toString()) : 0 }
static int indexOf(Class<org.apache.commons.lang.StringUtils> self, String text, String part) { return text == null || part == null ? -1 : text.indexOf(part) }
static int length(Class<org.apache.commons.lang.StringUtils> self, CharSequence text) { return text == null ? 0 : text.length() }

static String abbreviate(Class<org.apache.commons.lang.StringUtils> self, String text, int size) {
    if (text == null || text.length() <= size) {
        return text
    }
    if (size < 4) {
        throw new IllegalArgumentException('Minimum abbreviation width is 4')
    }
    return text.substring(0, size - 3) + '...'
}

static String substringBefore(Class<org.apache.commons.lang.StringUtils> self, String text, String mark) { return __cut(text, mark, text && mark != null ? text.indexOf(mark) : -1, true, text) }
static String substringBeforeLast(Class<org.apache.commons.lang.StringUtils> self, String text, String mark) { return __cut(text, mark, text && mark ? text.lastIndexOf(mark) : -1, true, text) }
static String substringAfter(Class<org.apache.commons.lang.StringUtils> self, String text, String mark) { return __cut(text, mark, text && mark != null ? text.indexOf(mark) : -1, false, text ? '' : text) }
static String substringAfterLast(Class<org.apache.commons.lang.StringUtils> self, String text, String mark) { return __cut(text, mark, text && mark ? text.lastIndexOf(mark) : -1, false, text ? '' : text) }
private static String __cut(String text, String mark, int at, boolean before, String otherwise) { return at < 0 ? otherwise : before ? text.substring(0, at) : text.substring(at + mark.length()) }
static String substringBetween(Class<org.apache.commons.lang.StringUtils> self, String text, String mark) { return substringBetween(self, text, mark, mark) }

static String substringBetween(Class<org.apache.commons.lang.StringUtils> self, String text, String open, String close) {
    int from = text == null || open == null || close == null ? -1 : text.indexOf(open)
    int to = from < 0 ? -1 : text.indexOf(close, from + open.length())
    return to < 0 ? null : text.substring(from + open.length(), to)
}

static String[] split(Class<org.apache.commons.lang.StringUtils> self, String text) { return text == null ? null : text.tokenize() as String[] }
static String[] split(Class<org.apache.commons.lang.StringUtils> self, String text, String marks) { return text == null ? null : (marks == null ? text.tokenize() : text.tokenize(marks)) as String[] }
static String join(Class<org.apache.commons.lang.StringUtils> self, Object items) { return join(self, items, '') }
static String join(Class<org.apache.commons.lang.StringUtils> self, Object items, Object mark) { return items == null ? null : items.collect { it == null ? '' : it.toString() }.join(mark == null ? '' : mark.toString()) }
