import java.time.*
import java.time.format.TextStyle

for (style in [TextStyle.FULL, TextStyle.SHORT, TextStyle.NARROW, TextStyle.FULL_STANDALONE, TextStyle.SHORT_STANDALONE]) {
  println "$style " + DayOfWeek.values().collect { it.getDisplayName(style, Locale.ENGLISH) }.join(' ')
  println "$style " + Month.values().collect { it.getDisplayName(style, Locale.ENGLISH) }.join(' ')
}
println Month.MAY.getDisplayName(TextStyle.FULL, Locale.US)
println DayOfWeek.SUNDAY.getDisplayName(TextStyle.SHORT, Locale.ROOT)
println '' + Month.FEBRUARY.minLength() + ' ' + Month.FEBRUARY.maxLength() + ' ' + Month.FEBRUARY.length(true) + ' ' + Month.FEBRUARY.length(false)
println '' + Month.JUNE.firstMonthOfQuarter().toString() + ' ' + Month.MARCH.firstDayOfYear(true)
println '' + Month.from(LocalDate.of(2024, 5, 6)).toString() + ' ' + DayOfWeek.from(LocalDate.of(2024, 5, 6))
println '' + TextStyle.FULL.isStandalone() + ' ' + TextStyle.FULL.asStandalone() + ' ' + TextStyle.SHORT_STANDALONE.asNormal()
