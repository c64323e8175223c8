trait Named {
    String name = 'none'
    int changes = 1
    def rename(String n) { name = n; changes = changes + 1; this }
    String hi() { "Named.hi $name $changes" }
}

trait Listed {
    List items = [1]
    int size = 2
    private String hidden = 'priv'
    String show() { "$items $size $hidden" }
    String hi() { 'Listed.hi' }
}

trait Special extends Named {
    String extra = 'e'
}

class Plain implements Named, Listed {
    String own = 'x'
    int k = 9
}

class Below extends Plain {
    String more = 'y'
}

class OfSpecial implements Special {
    String z = 'z'
}

class Made implements Named {
    Made(String s) { name = s }
}

def x = new Plain()
println "$x.name $x.changes $x.items $x.size $x.own $x.k"
x.rename('a').rename('b')
x.items << 2
x.own = 'o'
println "$x.name $x.changes $x.own $x.k ${x.show()} ${x.hi()}"
def other = new Plain()
println "$other.name $other.items"
def y = new Below()
println "$y.name $y.more $y.items $y.k ${y.rename('n').changes}"
def z = new OfSpecial()
println "$z.name $z.extra $z.z ${z.hi()} ${z.rename('q').name}"
println new Plain(name: 'named', own: 'o').with { "$name $own $size" }
println new Made('ctor').hi()
println x instanceof Named
println y instanceof Listed
println z instanceof Special && z instanceof Named
