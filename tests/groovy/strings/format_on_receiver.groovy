println 'x=%d y=%s'.toString().format('%s!', 'static')
println String.format(Locale.US, '%.1f', 2.25d)
println 'Hello %s, you are %d'.formatted('Bob', 30)
