class D {
    def f(a, b = 2, c = a * 2) { "$a $b $c" }
    D(int n = 7) { this.n = n }
    int n
}
println new D().f(1)
println new D().f(1, 5)
println new D().f(1, 5, 9)
println new D().n
println new D(3).n
