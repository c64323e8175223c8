// Decimal and big numbers: the arithmetic that scripts do by accident.
def sum = 0.0
for (int i = 1; i <= 60000; i++) sum += i / 8
def product = 1G
for (int i = 1; i <= 400; i++) product *= i
double x = 0
for (int i = 0; i < 400000; i++) x = x * 0.5d + i
println "$sum ${product.toString().length()} $x"
