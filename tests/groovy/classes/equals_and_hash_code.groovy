class P {
    int x
    P(int x) { this.x = x }
    boolean equals(Object o) { o instanceof P && o.x == x }
    int hashCode() { x }
}
println new P(1) == new P(1)
println new P(1) != new P(2)
println new P(1).is(new P(1))
println([new P(1)] == [new P(1)])
println(([new P(1), new P(1)] as Set).size())
println([(new P(3)): 'v'][new P(3)])
println([new P(1), new P(2)].contains(new P(2)))
println([new P(1), new P(2), new P(1)].unique().size())
