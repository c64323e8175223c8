def show = { String name, m, r -> println "$name: $r hitEnd=${m.hitEnd()} requireEnd=${r ? m.requireEnd() : '-'}" }
[['a+b', 'aab'], ['a+', 'aaa'], ['a*b', 'aaa'], ['abc', 'ab'], ['abc', 'abd'], ['abc', 'abc'], ['abc', 'xbc'], ['a|ab', 'ab'], ['\\d{3}-\\d{4}', '555-12'], ['a$', 'a'], ['a$', 'a\n'], ['ab\\b', 'ab'], ['\\w+\\b', 'ab cd'], ['(?i)abc', 'AB'], ['a?', ''], ['', ''], ['.*', 'x\ny'], ['[ab]+', 'abac'], ['a\\z', 'a'], ['a\\Z', 'a'], ['(?m)^a$', 'a\nb'], ['a(?=b)', 'a'], ['a(?!b)', 'a'], ['(a)\\1', 'a'], ['x*', 'aaa'], ['a{2,3}', 'aaa'], ['a{2,3}', 'aa'], ['\u4e2d+', '\u4e2d\u4e2d']].each { p, t ->
    def m = (t =~ p); show("matches ${p.inspect()} ${t.inspect()}", m, m.matches())
    m = (t =~ p); show("lookingAt", m, m.lookingAt())
    m = (t =~ p); show("find", m, m.find())
    m.reset(); if (m.find()) show("find 2", m, m.find())
}
def m = ('ab12' =~ /\d+/)
println m.hitEnd()
println m.requireEnd()
m.region(0, 3)
show('region', m, m.find())
m.reset()
println m.hitEnd()
