def stack = []
stack.push('a')
stack.push('b')
println stack
println stack.pop()
println stack
println stack.last()
