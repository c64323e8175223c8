import java.time.*
import java.time.format.DateTimeFormatter
def t = LocalDateTime.of(2024, 3, 5, 14, 7, 8)
println t.format(DateTimeFormatter.ofPattern('yyyy/MM/dd HH:mm:ss'))
println t.format(DateTimeFormatter.ofPattern("EEE, d MMM yyyy hh:mm a"))
println t.format(DateTimeFormatter.ISO_LOCAL_DATE)
println t.format(DateTimeFormatter.ISO_DATE_TIME)
println DateTimeFormatter.ofPattern('yyyyMMdd').format(t)
println LocalDate.parse('05-03-2024', DateTimeFormatter.ofPattern('dd-MM-yyyy'))
println LocalDate.of(2024, 3, 5).format(DateTimeFormatter.BASIC_ISO_DATE)
try { LocalDate.parse('bad') } catch (java.time.format.DateTimeParseException e) { println e.message }
