class Base {
    int n = 1
    String label = 'base'
    String getKind() { 'K' }
}
class Derived extends Base {
    int getN() { super.n + 10 }
    void setN(int v) { super.n = v * 2 }
    String getKind() { super.kind + 'D' }
    def change() { super.label = 'changed'; super.label }
    def twice() { def c = { super.n * 2 }; c() }
}
def d = new Derived()
println d.n
d.n = 4
println d.n
println d.kind
println d.change()
println d.label
println d.twice()
