class T {
    private int c = 0
    int getF() { c * 2 }
    void setF(int f) { c = f / 2 }
    boolean isBig() { c > 10 }
    String getReadOnly() { 'ro' }
    String name
    String getName() { "<$name>" }
    void setName(String n) { name = n.toUpperCase() }
}
def t = new T()
t.f = 40
println t.f
println t.big
println t.readOnly
t.name = 'x'
println t.name
println t.@name
try { t.readOnly = 'y' } catch (ReadOnlyPropertyException e) { println e.message }
