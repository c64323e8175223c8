def m = [[k: 'a', v: 1], [k: 'b', v: 2]]
println m.collect { "${it.k}=${it.v}" }.join('&')
println m.sum { it.v }
println m.find { it.k == 'b' }?.v
println m.find { it.k == 'z' }?.v
println m.every { it.v instanceof Integer }
println m*.k.join()
