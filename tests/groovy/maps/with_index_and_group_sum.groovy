def sales = [[r: 'n', v: 1.5], [r: 's', v: 2], [r: 'n', v: 3]]
println sales.groupBy { it.r }.collectEntries { r, list -> [(r): list.sum { it.v }] }
def totals = [:]
sales.each { totals[it.r] = (totals[it.r] ?: 0) + it.v }
println totals
def byFirst = [:].withDefault { [] }
['ant', 'bee', 'ape'].each { byFirst[it[0]] << it }
println byFirst
