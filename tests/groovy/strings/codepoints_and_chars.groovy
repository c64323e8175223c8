println 'abc'.chars().sum()
println 'abc'.codePointAt(1)
println 'hello'.charAt(0)
println 'hello'.chars().filter { it == 'l' as char }.count()
println (('a' as char) as int)
println 'AbC'.toCharArray().toList().count { Character.isUpperCase(it) }
