println later(2)
def later(x) { other(x) * 2 }
private other(x) { x + 1 }
String typed(String s) { s.toUpperCase() }
println typed('a')
void nothing() { }
println nothing()
