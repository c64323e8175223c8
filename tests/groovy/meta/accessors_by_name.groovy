// Getters and setters that properties bring are methods like others when they are asked for; reflection by name.
class Part {
    def size
    String name
    boolean ready
    final String kind = 'k'
    def getDouble() { size * 2 }
    boolean isLarge() { size > 10 }
    Part() { }
    Part(size) { this.size = size }
}
def part = new Part(size: 4)
for (name in ['getSize', 'setSize', 'getName', 'setName', 'isReady', 'getReady', 'getKind', 'setKind', 'getDouble',
              'setDouble', 'isLarge', 'isName', 'getNothing']) {
    println "$name: ${part.respondsTo(name).size()} ${part.metaClass.respondsTo(part, name).size()} " +
        "${part.metaClass.getMetaMethod(name) != null} ${Part.methods*.name.contains(name)}"
}
println part.respondsTo('setName', [String] as Class[]).size()
println Part.getMethod('getSize').invoke(part)
println Part.getDeclaredMethod('setName', String).name
try {
    Part.getMethod('nothing')
} catch (NoSuchMethodException e) {
    println e.message
}
println Part.getDeclaredConstructor().newInstance().size
println Part.getConstructor(Object).newInstance(12).large
println([new Boolean('true'), new Boolean('no'), new Double('1.50'), new Short('3'), new Byte('4'), new Character('c' as char)])
println([Integer.TYPE, Boolean.TYPE, Integer.TYPE == int])
