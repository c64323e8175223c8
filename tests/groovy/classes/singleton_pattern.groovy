class Single {
    private static Single instance
    int n = 0
    static Single getInstance() { if (instance == null) instance = new Single(); instance }
}
Single.instance.n++
Single.getInstance().n++
println Single.instance.n
println Single.instance.is(Single.getInstance())
