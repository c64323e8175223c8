import java.text.SimpleDateFormat
def d = new Date(1720000000000L)
['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Shanghai', 'GMT+5', 'Nowhere/Land'].each {
    def f = new SimpleDateFormat('yyyy-MM-dd HH:mm z Z XXX')
    f.timeZone = TimeZone.getTimeZone(it)
    println "$it: ${f.format(d)}"
}
println TimeZone.getTimeZone('Asia/Shanghai').rawOffset
println TimeZone.getTimeZone('Europe/Berlin').getID()
