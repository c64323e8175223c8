import java.time.DayOfWeek
import java.util.concurrent.TimeUnit

def unit(u) {
    switch (u) {
        case TimeUnit.DAYS: return 'days'
        case TimeUnit.HOURS: return 'hours'
        default: return 'other'
    }
}
println unit(TimeUnit.DAYS) + unit(TimeUnit.HOURS) + unit(TimeUnit.SECONDS) + unit(null) + unit('DAYS')
switch (DayOfWeek.of(3)) {
    case DayOfWeek.WEDNESDAY: println 'middle'
}
switch (new Date(0)) {
    case new Date(1): println 'one'; break
    case new Date(0): println 'zero'
}
println new Date(0).isCase(2G)
def id = UUID.fromString('00000000-0000-0000-0000-000000000001')
switch (id) {
    case UUID.fromString('00000000-0000-0000-0000-000000000001'): println 'same id'
}
println java.time.LocalDate.of(2020, 1, 1) in [java.time.LocalDate.of(2020, 1, 1)]
