println([] ? 'full' : 'empty')
println([0] ? 'full' : 'empty')
def l = null
println l?.size()
println l?.find { it }
println (l ?: [1])
println l?.getAt(0)
println([null] ? 'full' : 'empty')
