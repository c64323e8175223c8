class S {
    static int count = 0
    static def make = { count++; "s$count" }
    static def via() { [1, 2].collect { count + it } }
}
println S.make()
println S.make.call()
println S.via()
