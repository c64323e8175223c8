class Wrapper {
    private List inner = [3, 1, 2]
    def methodMissing(String n, args) { inner."$n"(*args) }
}
def w = new Wrapper()
println w.sum()
println w.get(0)
println w.max()
println w.join('-')
