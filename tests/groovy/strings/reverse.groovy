println 'hello'.reverse()
println ''.reverse() + '|'
println 'été'.reverse()
