println 'a/b//c/'.tokenize('/')
println 'a b\tc\nd'.tokenize()
println 'a,b;c'.tokenize(',;')
println 'a/b'.tokenize('/' as char)
println ''.tokenize(',')
println '/usr/local/bin'.tokenize('/').last()
println 'a.b.c'.tokenize('.').class
