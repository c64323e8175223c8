import java.time.*
import java.time.temporal.ChronoUnit
def d = Duration.ofMinutes(135)
println d
println d.toHours()
println d.toMinutes()
println d.seconds
println d.plusSeconds(30).toMillis()
println Duration.between(LocalTime.of(1, 0), LocalTime.of(2, 30))
println Duration.ofMillis(1500)
println ChronoUnit.DAYS.between(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 3, 1))
println Period.between(LocalDate.of(2020, 1, 15), LocalDate.of(2024, 3, 1))
println Period.ofDays(5)
println Duration.parse('PT1H30M').toMinutes()
println Duration.ZERO.isZero()
