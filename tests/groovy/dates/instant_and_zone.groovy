import java.time.*
import java.time.temporal.ChronoUnit
def i = Instant.ofEpochMilli(1700000000123L)
println i
println i.epochSecond
println i.toEpochMilli()
println i.plusSeconds(60)
println i.plus(1, ChronoUnit.DAYS)
println i.atZone(ZoneId.of('Europe/Paris'))
println i.atZone(ZoneId.of('UTC')).toLocalDate()
println Instant.parse('2024-01-01T00:00:00Z').epochSecond
println ZonedDateTime.of(2024, 7, 1, 12, 0, 0, 0, ZoneId.of('America/New_York')).toInstant()
println i.truncatedTo(ChronoUnit.HOURS)
println Date.from(i).time
println new Date(5000).toInstant()
println Instant.EPOCH
