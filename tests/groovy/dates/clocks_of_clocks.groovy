import groovy.transform.CompileStatic
import java.time.*

// Of Groovy 2.4 on a Java of today only compiled calls reach static methods that an interface has too.
@CompileStatic Clock offset(Clock c, Duration d) { return Clock.offset(c, d) }
@CompileStatic Clock tick(Clock c, Duration d) { return Clock.tick(c, d) }
@CompileStatic Clock seconds(ZoneId z) { return Clock.tickSeconds(z) }
@CompileStatic Clock minutes(ZoneId z) { return Clock.tickMinutes(z) }
@CompileStatic Clock millis(ZoneId z) { return Clock.tickMillis(z) }

def fixed = Clock.fixed(Instant.parse('2024-02-03T04:05:06.789Z'), ZoneOffset.UTC)
println fixed
println fixed.millis()
println fixed.instant()
println fixed.zone
def later = offset(fixed, Duration.ofHours(2))
println later
println later.instant()
println later.millis()
println later.zone
println offset(fixed, Duration.ZERO).is(fixed)
println offset(fixed, Duration.ofSeconds(-5)).instant()
def t = tick(fixed, Duration.ofMinutes(15))
println t
println t.instant()
println t.millis()
println tick(fixed, Duration.ofMillis(500)).instant()
println tick(fixed, Duration.ofNanos(1)).is(fixed)
println tick(fixed, Duration.ofNanos(200)) 
try { tick(fixed, Duration.ofSeconds(-1)) } catch (IllegalArgumentException e) { println e.message }
try { tick(fixed, Duration.ofNanos(3)); println 'none' } catch (IllegalArgumentException e) { println e.message }
try { tick(fixed, Duration.ofNanos(7_000_001)); println 'none' } catch (IllegalArgumentException e) { println e.message }
def s = seconds(ZoneOffset.UTC)
println s
println s.millis() % 1000
println minutes(ZoneOffset.ofHours(1))
println minutes(ZoneOffset.UTC).millis() % 60000
println millis(ZoneOffset.UTC)
println fixed == Clock.fixed(Instant.parse('2024-02-03T04:05:06.789Z'), ZoneOffset.UTC)
println later == offset(fixed, Duration.ofHours(2))
println later == offset(fixed, Duration.ofHours(3))
println t == tick(fixed, Duration.ofMinutes(15))
println fixed.withZone(ZoneOffset.ofHours(2))
println later.withZone(ZoneOffset.ofHours(2))
println t.withZone(ZoneOffset.ofHours(2))
println LocalDateTime.now(later)
println ZonedDateTime.now(t)
println LocalDate.now(offset(fixed, Duration.ofDays(30)))
println Instant.now(later)
println fixed instanceof Clock
println fixed.hashCode() == Clock.fixed(Instant.parse('2024-02-03T04:05:06.789Z'), ZoneOffset.UTC).hashCode()
