def m = [a: true, b: false]
switch ('a') { case m: println 'in'; break; default: println 'out' }
switch ('b') { case m: println 'in'; break; default: println 'out' }
println('a' in m)
println('b' in m)
println m.isCase('zz')
