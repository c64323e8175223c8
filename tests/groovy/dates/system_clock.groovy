def a = System.currentTimeMillis()
def b = System.currentTimeMillis()
println b >= a
println a.class
println a > 1600000000000L
println System.nanoTime().class
println new Date().time >= a
println(new Date().format('yyyy').toInteger() >= 2024)
