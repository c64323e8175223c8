import groovy.transform.Field

@Field static final Map NAMES = [one: 1]
@Field private static int count = 2
@Field protected String text = 'x'
@Field public transient List list = []
@Field volatile def any

static int twice() { count * 2 }
String shown() { "$text$list$any" }

println NAMES.one
println twice()
count = 5
println twice()
text += 'y'
list << count
println shown()
try {
  NAMES.two = 2
  println NAMES
} catch (e) { println e }
