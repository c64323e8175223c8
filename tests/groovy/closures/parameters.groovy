def none = { 'none' }
def implicit = { "it=$it" }
def one = { x -> "x=$x" }
def two = { a, b -> "$a,$b" }
def typed = { int a, String b -> a + b }
def defaulted = { a, b = 10 -> a + b }
println none()
println implicit()
println implicit(5)
println one(1)
println two(1, 2)
println typed(1, 'x')
println defaulted(1)
println defaulted(1, 2)
println implicit.maximumNumberOfParameters
println two.maximumNumberOfParameters
println({ -> }.maximumNumberOfParameters)
println two.parameterTypes*.simpleName
println typed.parameterTypes*.simpleName
