// Durations of TimeCategory: their text, their parts, arithmetic with dates.
import groovy.time.*
use(TimeCategory) {
    def d = 1.day + 2.hours - 30.minutes
    println d
    println d.days + ' ' + d.hours + ' ' + d.minutes + ' ' + d.seconds
    println d.toMilliseconds()
    println 90.seconds
    println 1.month + 1.year
    println 1500.milliseconds
    println 3.weeks
    println 1.week.class.name
    println 1.minute.class.name
    println 1.month.class.name
    println new Date(0) - 1.second
    println((new Date(86400000L * 31) - new Date(0)))
    println new Date(0) + 1.month
    println new Date(0) + 1.year + 2.days
    println 2.days.ago.class.name
    println 1.day.from.now.class.name
    println 5.minutes == 5.minutes
    println 0.seconds
}
