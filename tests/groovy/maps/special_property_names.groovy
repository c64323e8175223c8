def m = [size: 'entry', empty: 'no', class: 'c', keySet: 'k']
println m.size
println m.size()
println m.empty
println m.class
println m.keySet
println m.getClass().simpleName
println([:].empty)
