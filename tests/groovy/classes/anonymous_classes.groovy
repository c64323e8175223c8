def base = 10
def c = new Comparator<Integer>() {
    int compare(Integer a, Integer b) { b <=> a }
}
println([1, 3, 2].sort(c))
def o = new Object() {
    int n = 1
    String toString() { "anon ${n + base}" }
}
println o
abstract class Task { abstract def run(); def twice() { [run(), run()] } }
int k = 0
println new Task() { def run() { ++k } }.twice()
new Runnable() { void run() { println 'ran' } }.run()
