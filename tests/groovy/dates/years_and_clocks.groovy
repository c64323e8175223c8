import java.time.*
import java.time.format.*

println Year.of(2024)
println([Year.of(2024).isLeap(), Year.of(2023).isLeap(), Year.of(2024).length(), Year.of(2024).value])
println([Year.parse('2024').plusYears(2), Year.of(5).minusYears(10), Year.of(2024).atDay(60), Year.of(2024).atMonth(2)])
println([Year.of(2024).atMonth(Month.MAY), Year.of(2023).atMonthDay(MonthDay.of(2, 29)), Year.from(LocalDate.of(2020, 1, 2))])
println([Year.of(2024) <=> Year.of(2023), Year.of(2024) == Year.of(2024), Year.of(2024).isBefore(Year.of(2025)), Year.of(2024) > Year.of(2025)])
println Year.of(2024).format(DateTimeFormatter.ofPattern('yy'))
println Year.now().value == LocalDate.now().year

println MonthDay.of(12, 25)
println([MonthDay.parse('--12-03').month, MonthDay.of(2, 3).monthValue, MonthDay.of(Month.JUNE, 7).dayOfMonth])
println([MonthDay.of(2, 29).isValidYear(2023), MonthDay.of(2, 29).atYear(2023), MonthDay.of(2, 29).atYear(2024)])
println([MonthDay.of(1, 31).withMonth(2), MonthDay.of(2, 3).withDayOfMonth(5), MonthDay.from(LocalDate.of(2020, 3, 4))])
println([MonthDay.of(2, 3) < MonthDay.of(2, 4), MonthDay.of(3, 1).isAfter(MonthDay.of(2, 29)), MonthDay.of(1, 2) == MonthDay.of(1, 2)])
println MonthDay.of(12, 25).format(DateTimeFormatter.ofPattern('dd.MM.'))
for (Closure wrong in [{ MonthDay.of(2, 30) }, { MonthDay.of(13, 1) }, { MonthDay.of(1, 32) }, { Year.parse('x24') },
                       { MonthDay.parse('12-25') }, { Year.of(1000000000) }]) {
    try {
        wrong()
    } catch (DateTimeException e) {
        println "${e.class.simpleName}: ${e.message}"
    }
}

def clock = Clock.fixed(Instant.ofEpochSecond(1709640429), ZoneId.of('Europe/Berlin'))
println clock
println([clock.instant(), clock.zone, clock.millis(), clock.withZone(ZoneOffset.UTC)])
println([LocalDate.now(clock), LocalTime.now(clock), LocalDateTime.now(clock), ZonedDateTime.now(clock)])
println([OffsetDateTime.now(clock), Instant.now(clock), Year.now(clock), YearMonth.now(clock), MonthDay.now(clock)])
println([Clock.systemUTC(), Clock.system(ZoneId.of('Asia/Tokyo')), Clock.systemUTC().zone])
println Clock.systemUTC().millis() > clock.millis()

def at = LocalDateTime.of(2024, 3, 5, 14, 7, 9)
for (style in [FormatStyle.SHORT, FormatStyle.MEDIUM, FormatStyle.LONG, FormatStyle.FULL]) {
    println at.format(DateTimeFormatter.ofLocalizedDate(style))
}
println at.format(DateTimeFormatter.ofLocalizedTime(FormatStyle.SHORT))
println at.format(DateTimeFormatter.ofLocalizedTime(FormatStyle.MEDIUM))
println at.format(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.SHORT))
println at.format(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.SHORT))
println at.atZone(ZoneId.of('Europe/Berlin')).format(DateTimeFormatter.ofLocalizedDateTime(FormatStyle.LONG))
println LocalDate.parse('3/5/24', DateTimeFormatter.ofLocalizedDate(FormatStyle.SHORT))
