import groovy.transform.Field
def attempt(String n, Closure c) { try { c(); println "ok $n" } catch (Throwable t) { println "FAILED $n $t" } }
attempt("a") {
  @Field String one = "v"
  println one
}
attempt("b") {
  @Field String two = "v2"
  @Field String three = "${two}-used"
  println three
}
[1].each {
  attempt("nested") {
    @Field def four = [1, 2]
    println four
    four << 3
  }
}
println four
println one
def m() { two }
println m()
