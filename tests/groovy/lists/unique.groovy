def l = [1, 2, 1, 3, 2]
println l.unique()
println l
def m = [1, 1]
println m.unique(false)
println m
println(['a', 'B', 'A'].unique { it.toLowerCase() })
println([1, 4, 2].unique { a, b -> (a % 2) <=> (b % 2) })
println([1, 1.0, 1L].unique())
println([1, 2, 2].toUnique())
