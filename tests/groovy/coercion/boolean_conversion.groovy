boolean a = 'text'
boolean b = ''
boolean c = [1]
boolean d = null
println([a, b, c, d])
Boolean e = null
println e
println(5 as boolean)
println([] as boolean)
boolean f = 0
println f
