def c = Calendar.getInstance(TimeZone.getTimeZone('UTC'))
c.timeInMillis = 1709210096789L
println c.get(Calendar.YEAR)
println c.get(Calendar.MONTH)
println c[Calendar.DAY_OF_MONTH]
println c.get(Calendar.HOUR_OF_DAY)
println c.get(Calendar.DAY_OF_WEEK)
println c.get(Calendar.WEEK_OF_YEAR)
c.add(Calendar.DAY_OF_MONTH, 1)
println c.time.format('yyyy-MM-dd')
c.set(Calendar.HOUR_OF_DAY, 0)
c.set(2020, Calendar.JANUARY, 31)
c.add(Calendar.MONTH, 1)
println c.format('yyyy-MM-dd HH')
println c.getActualMaximum(Calendar.DAY_OF_MONTH)
println Calendar.SATURDAY
