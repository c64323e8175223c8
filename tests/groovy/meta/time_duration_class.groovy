// groovy.time.TimeDuration as pipelines use it: what lies between two dates.
import groovy.time.*
def start = new Date(1000)
def stop = new Date(1000 + 3 * 3600000 + 25 * 60000 + 7 * 1000 + 45)
TimeDuration td = TimeCategory.minus(stop, start)
println td
println "${td.hours}h ${td.minutes}m ${td.seconds}s ${td.millis}ms ${td.days}d"
println td.toMilliseconds()
println new TimeDuration(1, 2, 3, 4)
println new TimeDuration(1, 2, 3, 4, 5)
println new Duration(1, 2, 3, 4, 5)
println new DatumDependentDuration(1, 2, 3, 4, 5, 6, 7)
println TimeCategory.minus(start, stop)
println TimeCategory.minus(start, start)
println new TimeDuration(0, 90, 0, 0)
println new TimeDuration(1, 0, 0, 0) + new TimeDuration(0, 5, 0, 0)
println new TimeDuration(1, 0, 0, 0) - new TimeDuration(0, 5, 0, 0)
println new TimeDuration(0, 1, 0, 0).plus(new Date(0)).time
println td <=> new TimeDuration(3, 0, 0, 0)
