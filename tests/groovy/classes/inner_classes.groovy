class Outer {
    int v = 5
    class Inner { int get() { v * 2 } }
    static class Nested { String hi() { 'nested' } }
    def make() { new Inner() }
}
println new Outer().make().get()
println new Outer.Nested().hi()
println new Outer.Inner(new Outer(v: 7)).get()
println Outer.Nested.name
println Outer.Nested.simpleName
