def p = new Properties()
p.load(new StringReader('''# comment
name=app
version = 1.2
path: /tmp
long=a \\
   b
'''))
println p.name
println p.getProperty('version')
println p.getProperty('nope', 'default')
println p.path
println p.long
p.setProperty('x', 'y')
println p.size()
println p.stringPropertyNames().sort()
println p.sort()
