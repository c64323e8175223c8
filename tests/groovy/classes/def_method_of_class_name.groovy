class Job {
    def made = 0
    def Job() { made = 1 }
}
println new Job().made
try { new Job().Job() } catch (MissingMethodException e) { println e.method }
class Two {
    def n
    def Two(int n) { this.n = n }
    Two(String s) { n = s }
}
println new Two(3).n
println new Two('x').n
