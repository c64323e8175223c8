interface Coded { int code() }
enum Status implements Coded {
    OK(200), GONE(410)
    private final int c
    Status(int c) { this.c = c }
    int code() { c }
    String toString() { "${name()}:${c}" }
}
println Status.OK.code()
println Status.GONE
println Status.values().max { it.code() }
println Status.OK instanceof Coded
println "${Status.OK}"
