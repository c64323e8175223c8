class R {
    void nothing() { 5 }
    int number() { 3.9 }
    String text() { 42 }
    boolean truth() { 'x' }
    List list() { [1] as Set }
    def implicit() { if (true) { 'yes' } else { 'no' } }
    long big() { 1 }
}
def r = new R()
println r.nothing()
println r.number()
println r.text().class.simpleName
println r.truth()
println r.implicit()
println r.big().class.simpleName
try { println r.list() } catch (e) { println e.class.simpleName }
