def name = 'b.'
println 'abxc' =~ /$name/ ? 'yes' : 'no'
println('ab.c'.replaceAll(/${java.util.regex.Pattern.quote(name)}/, '_'))
println 'a.b' ==~ "a\\.b"
println 'a+b'.split(/\+/).toList()
