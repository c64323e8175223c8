println Eval.me('1 + 2')
println Eval.me('n', 4, 'n * 2')
println Eval.x('abc', 'x.toUpperCase()')
println Eval.xy(3, 4, 'x * y')
println Eval.xyz(1, 2, 3, '[x, y, z]')
try { Eval.me('nothing') } catch (MissingPropertyException e) { println e.message.split(' for ')[0] }
