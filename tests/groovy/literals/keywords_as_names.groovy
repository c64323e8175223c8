def m = [class: 1, if: 2, for: 3, default: 4, in: 5]
println m.if + m.for + m.default
println m['class']
println m.'in'
