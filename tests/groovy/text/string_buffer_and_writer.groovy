def b = new StringBuffer()
b << 'a' << 'b'
println b
def w = new StringWriter()
w << 'x'
w.write('y')
w.append('z')
w.println('!')
print w
def p = new PrintWriter(w)
p.print('printed ')
p.println(5)
p.printf('%03d', 7)
p.flush()
println w.toString()
