class T { boolean v; boolean asBoolean() { v } }
def values = [null, false, true, 0, 1, 0.0, '', ' ', 'false', [], [0], [:], [a: 1], new T(v: true), new T(v: false), 'x' =~ /x/, 'x' =~ /y/, [].iterator(), [1].iterator(), 0..0, new int[0], new int[1], new StringBuilder(), new StringBuilder('a'), new Object(), { }, "${''}", 1..<1]
println values.collect { it ? 1 : 0 }
