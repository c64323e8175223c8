def c = new GregorianCalendar(2024, Calendar.MARCH, 10)
println c.time.format('yyyy-MM-dd')
println c.get(Calendar.DAY_OF_YEAR)
def d = new Date(0).toCalendar()
println d[Calendar.YEAR]
println c.isLeapYear(2024)
println c.after(d)
