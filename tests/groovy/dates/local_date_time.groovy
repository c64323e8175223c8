import java.time.*
def t = LocalDateTime.of(2024, 1, 31, 13, 5, 9)
println t
println t.plusHours(12)
println t.plusMonths(1)
println t.toLocalDate()
println t.toLocalTime()
println t.hour
println t.withMinute(0).withSecond(0)
println LocalDateTime.parse('2024-05-06T07:08:09')
println LocalTime.of(9, 30).plusMinutes(45)
println LocalTime.parse('23:59').isAfter(LocalTime.NOON)
println t.toInstant(ZoneOffset.UTC).toEpochMilli()
println t.getDayOfWeek()
