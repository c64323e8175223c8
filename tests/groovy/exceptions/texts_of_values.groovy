// How values show in messages: ranges by their borders, maps as Java prints them, dates and constants as their text.
import java.util.concurrent.TimeUnit

def attempt(Closure c) {
    try {
        println c()
    } catch (e) {
        println "${e.class.name}: ${e.message?.readLines()?.first()}".replaceAll(/@[0-9a-f]+/, '@')
    }
}
attempt { (1..3) < 3L }
attempt { [:] < [1] }
attempt { (1..3) as Integer }
attempt { [1] as Character }
attempt { true as char }
attempt { (BigInteger) new Date(0) }
attempt { (BigDecimal) TimeUnit.DAYS }
attempt { true.foo(1..3, [a: 1], 'x', "g${1}") }
attempt { '1.2.3'.toDouble() }
attempt { 'x1.2.3'.toDouble() }
attempt { [].permutations() }
attempt { [1].withDefault { it }[-3] }
attempt { [a: 1] + 5 }
attempt { [a: 1] + [[b: 2]] }
attempt { (1..1).step(0) }
attempt { "${a, b -> }".toString() }
attempt { (new HashMap([x: 1]) + [a: 2]).getClass() }
attempt { 'ab'.findAll(/(a)(b)/) { all, one -> }.replaceAll('x', 'y') }
