// Where a switch is the last statement, a case has a value by its `break`, or by being the default.
def last(x) { switch (x) { case 1: 'one'; break; case 2: 'two' } }
def byDefault(x) { switch (x) { case 1: 'one'; break; default: 'other' } }
def into(x) { switch (x) { case 1: 'one'; case 3: 'three'; break; case 2: if (x) { 'two' }; break } }
def defaultFirst(x) { switch (x) { default: 'd'; break; case 2: 'two' } }
def returned(x) { switch (x) { case 1: return 'one'; case 2: 'two'; return 'TWO' } }
def closure = { x -> switch (x) { case 1: 'one'; break; case 2: 'two' } }
println((1..3).collect { last(it) })
println((1..3).collect { byDefault(it) })
println((1..3).collect { into(it) })
println((1..3).collect { defaultFirst(it) })
println((1..3).collect { returned(it) })
println((1..3).collect(closure))
