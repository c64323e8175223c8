println Integer.MAX_VALUE
println Integer.MIN_VALUE
println Long.MAX_VALUE
println Long.MIN_VALUE
println Short.MAX_VALUE
println Byte.MIN_VALUE
println Float.MAX_VALUE
println Double.POSITIVE_INFINITY
println Double.NaN
println Double.NaN == Double.NaN
println Double.isNaN(0.0d / 0)
println Character.MAX_VALUE as int
println Integer.SIZE
