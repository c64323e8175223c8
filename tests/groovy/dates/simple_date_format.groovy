import java.text.SimpleDateFormat
def f = new SimpleDateFormat('yyyy-MM-dd HH:mm:ss')
f.timeZone = TimeZone.getTimeZone('UTC')
println f.format(new Date(0))
println f.format(new Date(1700000000000L))
println f.parse('2024-02-29 12:30:00').time
def g = new SimpleDateFormat("yyyyMMdd'T'HHmmss'Z'")
g.setTimeZone(TimeZone.getTimeZone('UTC'))
println g.format(new Date(1700000000000L))
