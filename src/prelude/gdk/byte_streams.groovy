// What goes over the bytes or lines of a stream. A stream made of a byte array is the only one that scripts can make.

static List readLines(InputStream self) { return self.text.readLines() }
static List readLines(InputStream self, String charset) { return self.getText(charset).readLines() }
static Object eachLine(InputStream self, Closure action) { return eachLine(self, 1, action) }

static Object eachLine(InputStream self, int first, Closure action) {
    def result = null
    int n = first
    for (line in self.text.readLines()) {
        result = action.maximumNumberOfParameters == 2 ? action(line, n) : action(line)
        n++
    }
    return result
}

static Object eachLine(InputStream self, String charset, Closure action) {
    return new ByteArrayInputStream(self.getText(charset).getBytes('UTF-8')).eachLine(action)
}

static void eachByte(InputStream self, Closure action) {
    for (int b = self.read(); b >= 0; b = self.read()) {
        action(b as byte)
    }
}

static void eachByte(InputStream self, int size, Closure action) {
    byte[] buffer = new byte[size]
    for (int n = self.read(buffer); n > 0; n = self.read(buffer)) {
        action(buffer, n)
    }
}

static Iterator iterator(InputStream self) { return self.bytes.toList().iterator() }
static Reader newReader(InputStream self) { return new BufferedReader(new InputStreamReader(self)) }
static Reader newReader(InputStream self, String charset) { return new BufferedReader(new InputStreamReader(self, charset)) }
static Object withReader(InputStream self, Closure action) { return action(newReader(self)) }
static Object withReader(InputStream self, String charset, Closure action) { return action(newReader(self, charset)) }
static Object withStream(InputStream self, Closure action) { return action(self) }

static Object splitEachLine(InputStream self, Object regex, Closure action) { return newReader(self).splitEachLine(regex, action) }

static long transferTo(InputStream self, OutputStream out) {
    def bytes = self.readAllBytes()
    out.write(bytes, 0, bytes.length)
    return bytes.length
}

static OutputStream leftShift(OutputStream self, InputStream from) {
    transferTo(from, self)
    return self
}

static Object withReader(Reader self, Closure action) { return action(self) }

static Writer leftShift(Writer self, InputStream from) {
    self.write(from.text)
    return self
}
