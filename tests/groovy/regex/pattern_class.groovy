def p = ~/\d+/
println p.class.name
println p.matcher('12').matches()
println p.pattern()
println p
println p.split('a1b2c').toList()
import java.util.regex.Pattern
println Pattern.compile('a', Pattern.CASE_INSENSITIVE).matcher('A').matches()
println Pattern.quote('a.b')
println 'xa.by'.split(Pattern.quote('a.b')).toList()
println Pattern.matches('\\d', '5')
