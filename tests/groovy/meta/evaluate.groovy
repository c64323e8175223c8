println evaluate('1 + 2')
x = 5
println evaluate('x * 2')
def f = evaluate('{ a -> a + 1 }')
println f(1)
println Eval.me('3 * 4')
println Eval.x(2, 'x + 1')
println new GroovyShell().evaluate('[1, 2].sum()')
