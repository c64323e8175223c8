class G {
    def x = 1
    def getProperty(String n) { n == 'magic' ? 'abracadabra' : this.@"$n" }
    void setProperty(String n, v) { this.@x = "set $n $v" }
    def invokeMethod(String n, args) { "invoked $n" }
}
def g = new G()
println g.magic
println g.x
g.foo = 3
println g.x
println g.unknown(1)
