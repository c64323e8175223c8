def ops = [plus: { a -> a + null }, minus: { a -> a - null }, multiply: { a -> a * null }, div: { a -> a / null }, mod: { a -> a % null },
           power: { a -> a ** null }, shift: { a -> a << null }, and: { a -> a & null }, less: { a -> a < null }, same: { a -> a == null }]
for (v in [1, 1L, 1G, 1.5, 1.5d, 'a' as char, 'abc']) {
    ops.each { n, c ->
        if (v instanceof Character && n in ["mod", "power", "shift", "and"]) return
        if (v instanceof String && n != 'multiply' && n != 'plus') return
        try { println "$n ${v.class.simpleName} ${c(v)}" } catch (Exception e) { println "$n ${v.class.simpleName} ${e.class.simpleName} ${e.message.readLines()[0]}" }
    }
}
