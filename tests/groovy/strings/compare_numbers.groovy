// Texts of one character against numbers; longer ones never equal one.
println 'a' == 97
println 97 == 'a'
println 'ab' == 97
println '1' == 1
println '1' == 49
println 1 == '1'
println 'a' == 97L
println 'a' == 97.0
println 'a' as char == 97
println "${'a'}" == 97
println(['a'] == [97])
println('a' != 98)
try { println 'a' < 98 } catch (e) { println e.message }
try { println 'ab' < 98 } catch (e) { println e.message }
try { println 98 > 'a' } catch (e) { println e.message }
println 'a' <=> 97
try { println 'abc' <=> 97 } catch (e) { println e.message }
println 'a'.equals(97)
println null == ''
println '' == false
println true == 'true'
println 1 == true
println ([1:'x'] == ['1':'x'])
println 'a' in [97]
switch (97) { case 'a': println 'same'; break; default: println 'other' }
