def u = new URL('https://user@example.org:8443/a/b.git?x=1&y=2#frag')
println u.host
println u.port
println u.protocol
println u.path
println u.query
println u.file
println u.ref
println u.userInfo
println u.toString()
println new URL('http://a.b/c').port
def i = new URI('ssh://git@host:22/repo.git')
println i.scheme
println i.host
println i.path
println i.authority
println i.port
println i.resolve('x')
try { new URL('nope') } catch (MalformedURLException e) { println e.message }
try { new URI('a b') } catch (URISyntaxException e) { println e.message }
println new URI('http://h/p?q=1').query
println 'http://x.y/z'.toURL().host
println 'http://x.y/z'.toURI().path
