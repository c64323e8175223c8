import java.text.SimpleDateFormat
def d = new Date(1709210096789L)
['yyyy', 'yy', 'M', 'MM', 'MMM', 'MMMM', 'd', 'dd', 'D', 'E', 'EEEE', 'a', 'H', 'HH', 'h', 'hh', 'K', 'k', 'm', 'mm', 's', 'ss', 'S', 'SSS', 'z', 'Z', 'X', 'XX', 'XXX', 'u', 'w', 'W', 'F', 'G', "'lit'", "''", 'YYYY'].each { p ->
    def f = new SimpleDateFormat(p)
    f.timeZone = TimeZone.getTimeZone('UTC')
    println "$p = ${f.format(d)}"
}
