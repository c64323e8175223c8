def done = 37, total = 120
println "${(done * 100).intdiv(total)}%"
println String.format('%.1f%%', done * 100 / total)
println((done / total * 100).setScale(1, BigDecimal.ROUND_HALF_UP) + '%')
println "${done * 100 / total as int}%"
