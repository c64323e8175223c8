// Ranges as indexes of lists and texts, also of other things than ints.
def l = [10, 20, 30, 40, 50]
println l[1..2]
println l[3..1]
println l[-2..-1]
println l[1..<3]
println l[0..<0]
println l[(1.0)..(3.0)]
println l[1..2.5]
println 'abcdef'[1..3] + 'abcdef'[-2..-1] + 'abcdef'[3..1]
def failing = [{ l[3..9] }, { l[-9..2] }, { l['a'..'b'] }, { 'abc'[1..7] }, { 'abc'[-7..1] }, { 'abc'['a'..'b'] }, { l[0, 9] }, { l[0, -9] }, { 'abc'[0, -9] }]
failing.each { try { println it() } catch (IndexOutOfBoundsException e) { println "${e.class.simpleName}: ${e.message}" } }
println((1..3)[0] + (1..3)[-1])
println((1..3)[7])
try { (1..3)[-7] } catch (IndexOutOfBoundsException e) { println e.message }
println(('a'..'c')[9])
