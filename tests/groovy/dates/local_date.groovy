import java.time.LocalDate
def d = LocalDate.of(2024, 2, 28)
println d
println d.plusDays(2)
println d.minusMonths(1)
println d.plusYears(1)
println d.year
println d.monthValue
println d.month
println d.dayOfMonth
println d.dayOfWeek
println d.dayOfYear
println d.isLeapYear()
println d.lengthOfMonth()
println d.withDayOfMonth(1)
println d.isBefore(LocalDate.of(2025, 1, 1))
println LocalDate.parse('2023-12-31').plusDays(1)
println d == LocalDate.parse('2024-02-28')
println d.toEpochDay()
