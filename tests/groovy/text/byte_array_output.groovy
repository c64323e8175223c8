// A byte array stream holds bytes: what is written as bytes is not text of any charset before somebody reads it as one.
def out = new ByteArrayOutputStream()
out.write('aü'.getBytes('ISO-8859-1'))
println out.toByteArray().toList()
println out.toString('ISO-8859-1')
println out.size()
out.reset()
println out.size()
out.write(0x1FF)
out.write([1, 2, 3, 4] as byte[], 1, 2)
println out.toByteArray().toList()
try {
    out.write([1, 2] as byte[], 1, 2)
} catch (IndexOutOfBoundsException e) {
    println 'out of bounds'
}
out.reset()
out.write('ü✓'.getBytes('UTF-16'))
println out.toString('UTF-16')
try {
    out.toString('no-such-charset')
} catch (UnsupportedEncodingException e) {
    println "unsupported: ${e.message}"
}

// Text is written as UTF-8.
def text = new ByteArrayOutputStream()
text << 'grün ' << [0xE2, 0x9C, 0x93].collect { it as byte }.toArray(new Byte[3]).toList().collect { it & 0xFF }.size()
def printer = new PrintStream(text, true, 'UTF-8')
printer.print('ß')
printer.println(12)
printer.flush()
println text.toByteArray().toList()
println text.toString('UTF-8')
println new String(text.toByteArray(), 'UTF-8').readLines()
text.reset()
text << ([65, 66] as byte[]) << 'C'
println text.toString()
