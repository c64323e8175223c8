def s = 'hello'
def up = s.&toUpperCase
println up()
class M { static int twice(int x) { x * 2 }; def inst(x) { x + 1 } }
println([1, 2].collect(M.&twice))
println([1, 2].collect(new M().&inst))
def p = this.&println
p 'printed'
println(['a', 'b'].collect('x'.&plus))
