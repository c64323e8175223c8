def takesString(String s) { s.class.name }
def takesObject(Object o) { o.class.name }
def takesSequence(CharSequence s) { s.class.name }
println takesString("${1}")
println takesObject("${1}")
println takesSequence("${1}")
String s = "${2}"
println s.class.name
def l = ["${3}"] as String[]
println l[0].class.name
println(("${4}" as String).class.name)
