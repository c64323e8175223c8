int i = 3.7
println i
long l = 5
println l.class
double d = 1
println d
float f = 1.1
println f
BigDecimal b = 1
println b.class
short s = 70000
println s
byte y = 300
println y
char c = 'x'
println c
boolean flag = 'text'
println flag
String t = 42
println t + t.class
