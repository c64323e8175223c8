// list.name leaves null elements out, list*.name keeps them; what fails names the list.
def l = [[n: 1], null, [n: 2]]
println l.n
println l*.n
println l.size()
println(['a', 'bb']*.length())
try { ['a', 'b'].nope } catch (MissingPropertyException e) { println e.message }
try { (['a'] as Set).nope } catch (MissingPropertyException e) { println e.message }
try { ['a']*.nope } catch (MissingPropertyException e) { println e.message }
println([].anything)
println([null, null].x)
println([[a: [b: 1]], [a: [b: 2]]].a.b)
