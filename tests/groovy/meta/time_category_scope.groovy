// Only inside `use`; nested blocks and closures called from there.
import groovy.time.TimeCategory
try { 5.minutes } catch (MissingPropertyException e) { println e.message }
def later = { n -> n.hours }
use(TimeCategory) { println later(2) }
try { later(2) } catch (MissingPropertyException e) { println e.property }
println use(TimeCategory) { (1.day.toMilliseconds() / 1000) as long }
Date when = use(TimeCategory) { new Date(0) + 36.hours }
println when.time
use(TimeCategory) {
    def timeout = 10.minutes
    def rest = timeout - 30.seconds
    println "timeout: $timeout, rest: $rest"
    println([1, 2].collect { it.days })
    println 1.getDay()
    println 3.getHours()
}
