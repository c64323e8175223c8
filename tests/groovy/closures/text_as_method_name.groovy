// A text in front of arguments or a closure is the name of the method.
def methodMissing(String n, a) { println "$n ${a.collect { it instanceof Closure ? it() : it }}" }
def k = 'x'
"a_$k"(1)
"b_$k" 2
'c c' 3, 4
'd' { 'closure' }
"e_$k" { 'closure' }
"f_$k"(5) { 'closure' }
"g_$k" key: 1
this."h_$k" 6
[z: 1].each { a, b -> "opt_$a" b }
