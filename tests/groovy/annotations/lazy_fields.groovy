// A lazy property is computed when it is read first, and kept; without an initial value its type's constructor is called.
class Parts {
    static List log = []
    @Lazy List<Integer> numbers = { log << 'numbers'; [1, 2, 3] }()
    @Lazy String name = { log << 'name'; numbers.join(',') }()
    @Lazy ArrayList empty
    @Lazy(soft = true) String soft = { log << 'soft'; 'S' }()
    @Lazy static Map shared = { log << 'shared'; [a: 1] }()
    @Lazy def plain = 1 + 1
}
def p = new Parts()
println Parts.log
println p.name
println Parts.log
println p.numbers
p.numbers << 4
println p.numbers
println p.empty
println p.soft + p.soft
println Parts.shared
println Parts.shared.a
println p.plain
println Parts.log
println new Parts().numbers
