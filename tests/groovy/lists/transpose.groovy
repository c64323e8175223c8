println([[1, 2, 3], ['a', 'b', 'c']].transpose())
println([[1, 2], ['a']].transpose())
println([['k', 'l'], [1, 2]].transpose().collectEntries())
println([].transpose())
