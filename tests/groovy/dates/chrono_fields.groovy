import java.time.*
import java.time.temporal.ChronoField
import java.time.temporal.ChronoUnit

def date = LocalDate.of(2024, 2, 29)
def time = LocalTime.of(13, 4, 5, 678901234)
def both = LocalDateTime.of(date, time)
def zoned = ZonedDateTime.of(both, ZoneId.of('Europe/Berlin'))
for (f in ChronoField.values()) {
  println "${f.name()} $f ${f.isDateBased()} ${f.isTimeBased()} " + [date, time, both, zoned, zoned.toInstant()].collect {
    it.isSupported(f) ? it.getLong(f) : '-' }
}
println '' + date.get(ChronoField.DAY_OF_WEEK) + ' ' + date.get(ChronoField.DAY_OF_YEAR)
println '' + both.get(ChronoField.HOUR_OF_DAY) + ' ' + both.get(ChronoField.MILLI_OF_SECOND)
println '' + date.get(ChronoField.DAY_OF_WEEK).class.simpleName + ' ' + date.getLong(ChronoField.EPOCH_DAY).class.simpleName
println date.with(ChronoField.DAY_OF_MONTH, 1) as String
println date.with(ChronoField.DAY_OF_WEEK, 1) as String
println date.with(ChronoField.DAY_OF_YEAR, 366) as String
println date.with(ChronoField.MONTH_OF_YEAR, 12) as String
println date.with(ChronoField.YEAR, 2023) as String
println date.with(ChronoField.EPOCH_DAY, 0) as String
println time.with(ChronoField.HOUR_OF_DAY, 0) as String
println time.with(ChronoField.MILLI_OF_SECOND, 5) as String
println both.with(ChronoField.MINUTE_OF_HOUR, 59) as String
println both.with(ChronoField.SECOND_OF_DAY, 61) as String
println zoned.with(ChronoField.HOUR_OF_DAY, 1) as String
println '' + date.isSupported(ChronoUnit.HOURS) + ' ' + time.isSupported(ChronoUnit.HOURS) + ' ' + both.isSupported(ChronoUnit.FOREVER)
try { date.get(ChronoField.HOUR_OF_DAY) } catch (e) { println e }
try { date.get(ChronoField.EPOCH_DAY) } catch (e) { println e }
try { time.get(ChronoField.NANO_OF_DAY) } catch (e) { println e }
try { date.with(ChronoField.DAY_OF_MONTH, 32) } catch (e) { println e }
try { date.with(ChronoField.HOUR_OF_DAY, 3) } catch (e) { println e }
try { date.with(ChronoField.MONTH_OF_YEAR, 13) } catch (e) { println e }
try { time.with(ChronoField.HOUR_OF_DAY, 24) } catch (e) { println e }
println date.range(ChronoField.DAY_OF_MONTH) as String
println ChronoField.HOUR_OF_DAY.range() as String
println '' + ChronoField.DAY_OF_WEEK.baseUnit.toString() + ' ' + ChronoField.DAY_OF_WEEK.rangeUnit
println '' + date.dayOfWeek.get(ChronoField.DAY_OF_WEEK) + ' ' + date.month.get(ChronoField.MONTH_OF_YEAR)
