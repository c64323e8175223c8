def sb = new StringBuilder()
sb.with {
    append 'a'
    append 'b'
}
println sb
println 'abc'.with { length() }
println([1, 2].with { it.sum() })
class P { int x; int y }
def p = new P().with { x = 3; y = 4; it }
println p.x + p.y
println new P().with { x = 1; return 'value' }
