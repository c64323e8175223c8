// What java.time refuses: fields out of range, years beyond 999,999,999, sums that no long can hold.
import java.time.*
import java.time.temporal.ChronoUnit

def told(Closure action) {
  try {
    println action()
  } catch (Throwable t) {
    println "${t.class.name}: $t.message"
  }
}
def day = LocalDate.of(2020, 1, 31)
told { day.plusDays(Long.MAX_VALUE) }
told { day.plusDays(400000000000) }
told { day.plusWeeks(Long.MAX_VALUE) }
told { day.plusMonths(Integer.MAX_VALUE * 10L) }
told { day.plusMonths(1) }
told { day.plusYears(999999999) }
told { day.minusDays(31) }
told { day.withYear(2021) }
told { day.withMonth(13) }
told { day.withDayOfYear(366) }
told { day.withDayOfYear(367) }
told { LocalDate.ofYearDay(2021, 366) }
told { LocalDate.ofEpochDay(365241780472) }
told { LocalDate.of(1000000000, 1, 1) }
told { LocalDate.of(2021, 2, 29) }
told { LocalTime.of(24, 0) }
told { LocalTime.ofSecondOfDay(86400) }
told { LocalTime.ofNanoOfDay(-1) }
told { LocalTime.of(1, 2).plusHours(Long.MAX_VALUE) }
told { LocalDateTime.of(2020, 1, 31, 1, 2).plusSeconds(-5) }
told { Duration.ofDays(Long.MAX_VALUE) }
told { Duration.ofSeconds(Long.MAX_VALUE).plusSeconds(1) }
told { Duration.ofSeconds(Long.MAX_VALUE).toMillis() }
told { Duration.ofNanos(Long.MIN_VALUE) }
told { Duration.ofMinutes(3).negated() }
told { Duration.of(3, ChronoUnit.HALF_DAYS) }
told { Instant.ofEpochSecond(Long.MAX_VALUE) }
told { Instant.ofEpochMilli(Long.MAX_VALUE) }
told { Instant.ofEpochMilli(Long.MIN_VALUE) }
told { ZonedDateTime.of(2020, 13, 1, 1, 1, 1, 0, ZoneId.of('UTC')) }
told { YearMonth.of(2020, 13) }
told { YearMonth.of(2020, 2).atDay(30) }
told { day.plus(Period.ofMonths(1)) }
told { ChronoUnit.DAYS.between(day, LocalDate.of(999999999, 12, 31)) }
