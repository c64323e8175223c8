// Properties.store writes what load reads: to a writer the characters, to a stream Latin-1 with escapes.
def stored = { Map entries, String note, boolean stream ->
    def p = new Properties()
    entries.each { k, v -> p.setProperty(k, v) }
    def out = stream ? new ByteArrayOutputStream() : new StringWriter()
    p.store(out, note)
    def lines = (stream ? out.toString('ISO-8859-1') : out.toString()).readLines()
    // The time of writing stands below the note.
    int time = lines.findIndexOf { it ==~ /#\w{3} \w{3} \d\d \d\d:\d\d:\d\d \S+ \d{4}/ }
    println "time in line $time"
    lines.remove(time)
    lines.each { println it }
    def back = new Properties()
    if (stream) {
        back.load(new ByteArrayInputStream(out.toByteArray()))
    } else {
        back.load(new StringReader(out.toString()))
    }
    println back == p
}
for (boolean stream in [false, true]) {
    stored([version: '1.2'], 'made here', stream)
    stored([:], null, stream)
    stored(['a key': ' two  words '], null, stream)
    stored(['x=y:z': '#no!comment = C:\\dir'], 'first\nsecond\n#third\r\n!fourth', stream)
    stored([tabs: 'a\tb\nc\rd\fe'], '', stream)
    stored(['größe': 'naïve ✓'], 'ü', stream)
}
