enum Op {
    ADD { int apply(int a, int b) { a + b } },
    MUL { int apply(int a, int b) { a * b } }
    abstract int apply(int a, int b)
}
println Op.ADD.apply(2, 3)
println Op.MUL.apply(2, 3)
println Op.values()*.apply(4, 5)
