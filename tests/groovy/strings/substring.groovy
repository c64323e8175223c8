println 'hello'.substring(1)
println 'hello'.substring(1, 3)
println 'hello'.substring(5) + '|'
println 'hello'.subSequence(0, 2)
println 'abcdef0123'.substring(0, Math.min(7, 'abcdef0123'.length()))
