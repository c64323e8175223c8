def s = new Stack()
s.push('a')
s.push('b')
println s.peek()
println s.pop()
println s.empty()
println s
println s.search('a')
