println 42.toString() + 1
println 42.toLong().class
println 42.toDouble()
println 42.toBigDecimal()
println 42.7.toInteger()
println 42.7d.toLong()
println 300.byteValue()
println 42.floatValue()
println 42.9.longValue()
println 3.toBigInteger().class
println '17'.toInteger() + 1
println '17'.toLong().class
println '1.5'.toDouble() + 1
println '1.5'.toFloat().class
println '1.50'.toBigDecimal()
println '123456789012345678901'.toBigInteger()
println ' 17 '.toInteger()
