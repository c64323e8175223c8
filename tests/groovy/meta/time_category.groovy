use(groovy.time.TimeCategory) {
    println 5.minutes
    println 1.hour + 30.minutes
    println((new Date(0) + 1.day).time)
    println 2.weeks.toMilliseconds()
}
