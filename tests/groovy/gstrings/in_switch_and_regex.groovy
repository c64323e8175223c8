def b = 'main'
switch ("${b}") {
    case 'main': println 'is main'; break
    default: println 'other'
}
println("${b}" ==~ /main/)
println("${b}" =~ /a/ ? 'found' : 'none')
println b ==~ "${b}"
def m = [main: 1]
println m["$b"]
println m[b]
