println 1E+3
println 1e-7
println 0.0000001
println 0.000001
println 1e10 + 1
println 1.0e2
println 123.4500
println 1e3.toPlainString()
println new BigDecimal('1E+5')
println new BigDecimal('1E+5').toPlainString()
println new BigDecimal('0.000').toString()
println 1e-10.toString()
