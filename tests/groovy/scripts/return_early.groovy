def f(x) { if (x) return 'early'; 'late' }
println f(1)
println f(0)
if (true) { println 'then return'; return }
println 'never'
