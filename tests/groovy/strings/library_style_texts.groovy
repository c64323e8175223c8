// strings, regex, gstrings, closures as in libraries
def text = '''\
  |one
  |  two ${x}
  |three'''.stripMargin()
println text
println """a\tb\\n${'q' + "${1 + 1}"} \$HOME ${[1, 2].collect { "<$it>" }.join()}"""
println 'v1.2.3-rc.1+b5'.replaceAll(/v(\d+)\.(\d+)\.(\d+)/) { all, a, b, c -> "${c}.${b}.${a}" }
def m = 'feature/ABC-123-do-it' =~ /(?<type>\w+)\/(?<key>[A-Z]+-\d+)-(.*)/
println m.matches() ? "${m.group('type')} ${m.group('key')} ${m[0][3]}" : 'no'
println 'a-b_c d'.split(/[-_ ]/).collect { it.capitalize() }.join('')
println 'CamelCaseString'.replaceAll(/([A-Z])/, '_$1').toLowerCase().replaceFirst('^_', '')
println "%05.2f|%-8s|%08d|%x|%,d|%s".format('x') + String.format('%05.2f|%-8s|%08d|%x|%,d|%b', 3.14159, 'ab', 42, 255, 1234567, true)
println 'abc'.tr('a-c', 'A-C') + 'x'.multiply(3) + 'hello'[1..-2] + 'hello'[-1] + ('abc' <=> 'abd') + 'abc'.getAt([0, 2])
println 'key=value; k2="v 2"'.findAll(/(\w+)=("[^"]*"|\w+)/) { full, k, val -> "$k:${val.replace('"', '')}" }
println 'one,two;three'.tokenize(',;') + 'a=1&b=2'.split('&').collectEntries { it.split('=') as List }
println "${null} ${[null]} ${[a: null]}" + null
println 'línea\u00e9 中文 😀'.length() + ' ' + '😀'.codePointAt(0) + ' ' + 'ß'.toUpperCase()
println 'a'.compareTo('b') + ' ' + 'abc'.hashCode() + ' ' + [1, 2].hashCode() + ' ' + [a: 1].hashCode() + ' ' + "g${1}".hashCode()
println 'line1\nline2\r\nline3'.readLines() + 'x y  z'.split() + 'trim me '.trim().padRight(10, '.')
println((['b', 'a', 'C'].sort() + ['b', 'a', 'C'].sort { it.toLowerCase() } + ['bb', 'a'].sort { a, b -> a.size() <=> b.size() } + [3, 1, 2].toSorted().reverse()))
println([[n: 'x', v: 2], [n: 'y', v: 1]].groupBy { it.v > 1 }.collectEntries { k, l -> [k, l*.n] })
println([1, 2, 3, 4].split { it % 2 == 0 } + [[1, 2], [3, 4]].transpose() + [1, 2, 3].combinations { it } )
println((1..3).collectMany { [it] * it } + [1, 2, 2].unique() + [1, 2, 3].findResult { it > 1 ? "f$it" : null })
println([1, 2, 3, 4, 5].with { [sum(), max(), min(), first(), last(), take(2), drop(3), head(), tail(), init()] })
def (a, b, c) = [1, 2]; println "$a $b $c"
def list = [1, 2, 3]; list[5] = 6; println list; println list[-1] + list[1..2]*.multiply(2).sum()
def map = [:].withDefault { k -> k * 2 }; map.a; map['b'] << 'x'; println map
println 10.intdiv(3) + ' ' + 10 / 4 + ' ' + 7 % 3 + ' ' + -7 % 3 + ' ' + 2 ** 10 + ' ' + 2 ** -1 + ' ' + (1 / 3) + ' ' + 0.1 + 0.2 + ' ' + (0.1 + 0.2) + ' ' + 1e3 + ' ' + 100000 * 100000 + ' ' + 100000L * 100000
println 5 <=> 3; println (null ?: 'def'); println([null, 1, '', 0, [], [:], 'x'].collect { it ? 't' : 'f' }.join())
try { assert list.size() == 3 : 'size' } catch (AssertionError e) { println e.message }
try { assert 1 + 1 == 3 } catch (AssertionError e) { println e.message }
println("" + ((char) 65 as int) + ("A" as char)); println "abc".collect { it.next() }.join(); println "z".next() + "Az".next()
println(([1, 2, 3] as Set) + [3, 4]); println([1, 2, 3] - [2]); println([a: 1] + [b: 2] - [a: 1]); println 1..<4; println((1..10).step(3))
def e = { -> throw new IllegalStateException('x', new RuntimeException('cause')) }; try { e() } catch (IllegalArgumentException | IllegalStateException ex) { println "${ex.message} ${ex.cause.message}" } finally { println 'fin' }
println([3, 1, 2].sort(false) { -it } + [1, 2, 3].every { it > 0 } + [1, 2].any { it > 5 } + [1, 2, 3, 4].count { it % 2 } + ['a', 'b'].indexed() + ['a', 'b'].withIndex())
println 'abc'.inject('') { acc, ch -> ch + acc } + [1, 2, 3].inject(10) { x, y -> x - y }
println((['x', 'y'].eachWithIndex { it, i -> print "$i$it " }))
label: for (i in 0..3) { for (j in 0..3) { if (j == 2) continue label; if (i == 2) break label; print "$i$j " } }; println()
println(((0..5).findAll { it & 1 }.sum { it * 2 } + ([1, 2, 3] * 2).size() + ([1,2,3].join('-') as String).length()))
println Integer.toBinaryString(10) + Integer.parseInt('ff', 16) + Long.MAX_VALUE + Integer.MAX_VALUE + (Integer.MAX_VALUE + 1) + Double.parseDouble('1.5') + new BigDecimal('1.10').setScale(1, java.math.RoundingMode.HALF_UP) + (10 as BigInteger).pow(20)
