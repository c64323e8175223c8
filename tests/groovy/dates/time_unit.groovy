import java.util.concurrent.TimeUnit
println TimeUnit.MINUTES.toMillis(2)
println TimeUnit.MILLISECONDS.toSeconds(5500)
println TimeUnit.HOURS.toMinutes(3)
println TimeUnit.DAYS.toHours(1)
println TimeUnit.valueOf('SECONDS')
println TimeUnit.SECONDS.convert(2, TimeUnit.MINUTES)
println TimeUnit.values()*.name()
