def d = new Date(1700000000000L)
println d.time
println d.getTime()
println d.format('yyyy-MM-dd')
println d.format("yyyy-MM-dd'T'HH:mm:ss'Z'", TimeZone.getTimeZone('UTC'))
println d.format('HH:mm', TimeZone.getTimeZone('Asia/Tokyo'))
println d
println d.before(new Date(1700000000001L))
println d.after(new Date(0))
println d.equals(new Date(1700000000000L))
println d.compareTo(new Date(0))
println d.toString()
println d.year + 1900
println d.month
println d.date
println d.hours
