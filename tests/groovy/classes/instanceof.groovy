println 1 instanceof Integer
println 1 instanceof Number
println 'a' instanceof CharSequence
println "${1}" instanceof String
println([] instanceof Collection)
println([:] instanceof Map)
println null instanceof Object
println((1..2) instanceof List)
println({ } instanceof Closure)
println 1.5 instanceof BigDecimal
println !(1 instanceof String)
println(([1] as int[]) instanceof int[])
