char c = 'a'
println c + 1
println c++
println c
println((char) (c + 1))
println 'a' as char == 'a'
println c.class
println((c as String) + 'x')
println 'abc'.charAt(1)
println 'abc'.charAt(1).class
println c < ('z' as char)
println(('a' as char) + ('b' as char))
println 'x' + ('y' as char)
println Character.valueOf('q' as char)
