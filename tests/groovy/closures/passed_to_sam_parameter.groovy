interface Visitor { def visit(x) }
class Tree { def items = [1, 2]; def accept(Visitor v) { items.collect { v.visit(it) } } }
println new Tree().accept { it * 10 }
def t = new Thread({ println 'in thread' })
t.start()
t.join()
