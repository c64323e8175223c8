class Leaf { int v; Leaf(int v) { this.v = v } ; String toString() { "Leaf($v)" } }
class Tree { def a, b; Tree(a, b) { this.a = a; this.b = b } ; String toString() { "Tree($a, $b)" } }
@Newify([Tree, Leaf])
def build() { Tree(Leaf(1), Tree(Leaf(2), Leaf(3))) }
println build()
@Newify
def ruby() { [Leaf.new(7), Date.new(0L).time, Integer.new('12')] }
println ruby()
class Maker {
    @Newify(Leaf) Leaf one() { Leaf(5) }
    @Newify([Leaf]) def many() { (1..3).collect { Leaf(it) } }
}
println new Maker().one()
println new Maker().many()
@Newify(auto = false, value = Leaf) def auto() { Leaf(9) }
println auto()
