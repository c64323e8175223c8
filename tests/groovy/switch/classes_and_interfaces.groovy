def d(x) {
    switch (x) {
        case Integer: 'int'; break
        case CharSequence: 'chars'; break
        case Collection: 'collection'; break
        case Closure: 'closure'; break
        default: x.class.simpleName
    }
}
println([1, 'a', "g${1}", [1], [1] as Set, { }, 1.5].collect { d(it) })
