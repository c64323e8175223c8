def f(x) {
    try {
        if (x == 1) throw new IllegalArgumentException('one')
        if (x == 2) throw new IOException('two')
        return 'normal'
    } catch (IllegalArgumentException e) {
        return "illegal ${e.message}"
    } catch (Exception e) {
        return "other ${e.class.simpleName}"
    } finally {
        print '[finally] '
    }
}
println f(0)
println f(1)
println f(2)
