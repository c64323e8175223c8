def value = { try { Integer.parseInt(it) } catch (NumberFormatException e) { -1 } }
println value('5')
println value('x')
def f(s) { try { s.size() } catch (e) { 'failed' } finally { 'ignored' } }
println f('abc')
println f(null)
