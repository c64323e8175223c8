def s = new ByteArrayInputStream('héllo\nworld\n'.getBytes('UTF-8'))
println s.available()
println s.read()
println s.read()
println s.read()
println s.available()
def b = new byte[4]
println s.read(b)
println b.toList()
println s.read(b, 1, 2)
println b.toList()
println s.skip(1)
println s.text
println s.read()
println s.read(b)
println s.available()
s.reset()
println s.available()
println s.getText('UTF-8')
s.reset()
println s.getText('ISO-8859-1').size()
s.reset()
println s.bytes.toList()
println s.bytes.size()
s = new ByteArrayInputStream([1, 2, -1, 255] as byte[])
println s.bytes
s.reset()
s.eachByte { print "$it " }
println()
s.reset()
println s.read() + s.read() + s.read() + s.read()
println s.read()
s = new ByteArrayInputStream('a\nb\nc'.bytes)
println s.readLines()
s.reset()
s.eachLine { println "<$it>" }
s.reset()
s.eachLine { line, n -> println "$n $line" }
s.reset()
println s.withReader { r -> r.readLine() }
s.reset()
println s.withReader('UTF-8') { r -> r.text.toUpperCase() }
s.reset()
println s.withStream { it.read() }
s.reset()
println s.newReader().readLine()
s = new ByteArrayInputStream('0123456789'.bytes, 3, 4)
println s.text
s.reset()
println s.text
s = new ByteArrayInputStream('0123456789'.bytes)
s.read(); s.read()
s.mark(0)
s.read()
s.reset()
println((char) s.read())
println s.markSupported()
println s.skip(100)
println s.read()
s.close()
s.reset()
println s.readAllBytes().length
s = new ByteArrayInputStream('0123456789'.bytes)
println s.readNBytes(3).toList()
def out = new ByteArrayOutputStream()
println s.transferTo(out)
println out
out = new ByteArrayOutputStream()
s.reset()
out << s
println out.size()
s.reset()
println new InputStreamReader(s).text
s.reset()
println new BufferedReader(new InputStreamReader(s, 'UTF-8')).readLine()
s.reset()
println new Scanner(s).nextLine()
s.reset()
def collected = []
int c
while ((c = s.read()) != -1) { collected << c }
println collected
s.reset()
byte[] buf = new byte[3]
int n
while ((n = s.read(buf)) > 0) { println new String(buf, 0, n) }
s.reset()
println s.read(new byte[0])
println s instanceof InputStream
println s.class.name
try { s.read(b, 2, 9) } catch (IndexOutOfBoundsException e) { println e.message }
for (x in new ByteArrayInputStream([7, -2] as byte[])) { println x }
println new ByteArrayInputStream([7, -2] as byte[]).iterator().collect { it }
