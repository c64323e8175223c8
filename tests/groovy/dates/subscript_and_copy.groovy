def d = Date.parse('yyyy-MM-dd', '2024-03-15')
println d[Calendar.YEAR]
println d[Calendar.MONTH]
println d[Calendar.DAY_OF_MONTH]
println d[Calendar.DAY_OF_WEEK]
println d.copyWith(year: 2000).format('yyyy-MM-dd')
d.set(month: 0, date: 5)
println d.format('yyyy-MM-dd')
