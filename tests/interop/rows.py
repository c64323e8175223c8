"""Further rows for the expression generator, by the type they make: methods with odd arguments, groups of regular
expressions, scales of decimals, maps, ranges, spreading, lazy texts, and what a case of `switch` matches.

A row is (text, child kinds…) as in generate.py. "odd" is a number that may lie outside of whatever it indexes, "mode" a
rounding mode, "any" a value of any type, "range" a range.
"""

INT = [
    ("({0}).indexOf({1}, {2})", "text", "word", "odd"), ("({0}).lastIndexOf({1}, {2})", "text", "word", "odd"),
    ("({0}).codePointAt({1})", "text", "odd"), ("({0}).scale()", "dec"), ("({0}).precision()", "dec"), ("({0}).signum()", "dec"),
    ("(({0} =~ {1}).count)", "text", "groups"), ("(({0} =~ {1}).groupCount())", "text", "groups"), ("({0}).size()", "range"),
    ("({0}).hashCode()", "range"), ("({0}).hashCode()", "dec"), ("({0}).hashCode()", "double"), ("({0}).hashCode()", "long"),
    ("(({0}) as int)", "double"), ("({0}).intValue()", "big"), ("({0}).compareTo({1})", "dec", "dec"), ("({0} <=> {1})", "double", "dec"),
    ("({0}).withDefault { it.size() }.get({1})", "map", "word"), ("({0}).get({1}, {2})", "map", "word", "int"),
    ("({0}).with { def m = it.clone(); m.computeIfAbsent({1}) { {2} } }", "map", "word", "int"),
    ("({0}).with { def m = it.clone(); m.merge({1}, {2}) { a, b -> a + b } }", "map", "word", "int"),
    ("({0}).with { def m = it.clone(); m.remove({1}) ?: -1 }", "map", "word"),
    ("({ a, b -> a + b }({0}))", "ints"), ("(({0}).inject(0) { s, k, v -> s + v })", "map"),
    ("({0}).toInteger()", "dec"), ("({0}).round()", "double"), ("({0}).toCharacter().charValue() as int", "text"), ("Integer.parseInt({0}, 16)", "text"),
    ("Integer.valueOf({0})", "text"), ("Integer.decode({0})", "text"), ("({0}).getAt({1})", "ints", "odd"), ("({0})[{1}]", "range", "odd"),
    ("(({0}) as char) as int", "text"), ("({0}).bytes.size()", "text"), ("Integer.compare({0}, {1})", "int", "int"), ("({0}).length()", "text"),
    ("Integer.reverse({0})", "int"), ("Integer.highestOneBit({0})", "int"), ("({0}).lastIndexOf({1})", "ints", "int"), ("({0}).indexOf({1})", "ints", "int"),
    ("Math.floorMod({0}, {1})", "int", "int"), ("Math.abs({0})", "int"), ("({0} + ('b' as char))", "int"), ("({0}).next()", "int"), ("({0}).previous()", "int"),
]

LONG = [
    ("({0}).toLong()", "text"), ("Long.parseLong({0})", "text"), ("(({0}) as long)", "dec"), ("(({0}) as long)", "double"), ("({0} >> {1})", "long", "odd"),
    ("({0} << {1})", "int", "odd"), ("Math.round({0})", "double"), ("({0} ** {1})", "long", "small"), ("({0}).longValue()", "big"),
]

BIG = [
    ("({0}).toBigInteger()", "dec"), ("({0}).unscaledValue()", "dec"), ("({0}).pow({1})", "big", "odd"), ("({0} << {1})", "big", "small"), ("({0} >> {1})", "big", "small"),
    ("({0}).intdiv({1})", "big", "int"), ("({0}).divide({1})", "big", "big"), ("({0}).remainder({1})", "big", "big"), ("({0} % {1})", "big", "int"),
    ("({0}).toBigInteger()", "text"), ("new BigInteger({0})", "text"), ("({0} & {1})", "big", "big"), ("({0}).signum() as BigInteger", "big"), ("({0} - {1})", "big", "int"),
]

DEC = [
    ("({0}).setScale({1}, {2})", "dec", "odd", "mode"), ("({0}).setScale({1})", "dec", "odd"), ("({0}).round(new java.math.MathContext({1}))", "dec", "small"),
    ("({0}).stripTrailingZeros()", "dec"), ("({0}).divide({1}, {2}, {3})", "dec", "dec", "odd", "mode"), ("({0}).divide({1})", "dec", "dec"),
    ("({0}).divide({1}, {2})", "dec", "dec", "mode"), ("({0}).remainder({1})", "dec", "dec"), ("({0}).divideToIntegralValue({1})", "dec", "dec"),
    ("({0}).pow({1})", "dec", "odd"), ("({0}).max({1})", "dec", "dec"), ("({0}).movePointLeft({1})", "dec", "odd"), ("({0}).movePointRight({1})", "dec", "odd"),
    ("({0}).scaleByPowerOfTen({1})", "dec", "odd"), ("({0}).ulp()", "dec"), ("({0}).toBigDecimal()", "text"), ("new BigDecimal({0})", "text"), ("({0} % {1})", "dec", "dec"),
    ("({0} / {1})", "big", "int"), ("({0} + {1})", "dec", "big"), ("({0} * {1})", "big", "dec"), ("({0}).plus({1})", "dec", "long"), ("({0} - {1})", "dec", "dec"), ("BigDecimal.valueOf({0}, {1})", "long", "odd"),
]

DOUBLE = [
    ("({0}).toDouble()", "text"), ("(({0}) as double)", "dec"), ("({0} + {1})", "double", "dec"), ("({0} % {1})", "double", "int"), ("Math.floor({0})", "double"),
    ("Math.sqrt({0})", "double"), ("({0} / {1})", "double", "int"), ("({0}).trunc()", "double"), ("({0}).round(2)", "double"), ("Math.pow({0}, 2)", "double"),
]

TEXT = [
    ("({0}).substring({1})", "text", "odd"), ("({0}).substring({1}, {2})", "text", "odd", "odd"), ("({0})[{1}..{2}]", "text", "odd", "odd"),
    ("({0})[{1}..<{2}]", "text", "odd", "odd"), ("({0})[{1}, {2}]", "text", "odd", "odd"), ("({0}).getAt({1})", "text", "odd"), ("({0}).take({1})", "text", "odd"),
    ("({0}).drop({1})", "text", "odd"), ("({0} * {1})", "text", "odd"), ("({0}).padLeft({1}, {2})", "text", "odd", "word"), ("({0}).padRight({1}, {2})", "text", "odd", "word"),
    ("({0}).center({1}, {2})", "text", "odd", "word"), ("({0}).center({1})", "text", "odd"), ("({0}).replace({1}, '-')", "text", "word"), ("({0}).charAt({1})", "text", "odd"),
    ("({0}).replaceAll({1}, '[\\$1]')", "text", "groups"), ("({0}).replaceAll({1}, '\\$2')", "text", "groups"), ("({0}).replaceAll({1}) { {2} }", "text", "groups", "small"),
    ("({0}).replaceAll({1}) { all, one -> one + '!' }", "text", "groups"), ("({0}).replaceAll({1}) { List l -> l.join('/') }", "text", "groups"), ("({0}).replaceFirst({1}) { it }", "text", "groups"),
    ("({0}).split({1}, {2}).toList().toString()", "text", "pattern", "odd"), ("({0}).tokenize({1}).toString()", "text", "word"), ("({0}).minus({1})", "text", "pattern"),
    ("({0}).expand()", "text"), ("({0}).stripMargin()", "text"), ("({0}).stripMargin({1})", "text", "word"), ("({0}).stripIndent({1})", "text", "small"), ("({0}).toList().toString()", "text"),
    ("({0}).toPlainString()", "dec"), ("({0}).toEngineeringString()", "dec"), ("({0}).toString({1})", "big", "small"), ("Integer.toString({0}, {1})", "int", "small"), ("Long.toHexString({0})", "long"),
    ("Integer.toBinaryString({0})", "int"), ("({0}).collect { it }.toString()", "range"), ("({0}).toString()", "range"), ("({0}).inspect()", "range"), ("({0}).step({1}).toString()", "range", "odd"),
    ("({0})[{1}].toString()", "range", "odd"), ("({0})[{1}].toString()", "ints", "range"), ("({0})[{1}].toString()", "text", "range"), ("({0}).join('')", "range"), ("\"${-> {0}}\"", "text"),
    ("\"a${{0}}b${-> {1}}c\"", "int", "text"), ("\"${{ w -> w << {0} }}\".toString()", "word"), ("({ def n = {0}; def g = \"$n ${-> n}\"; n = {1}; g.toString() }())", "int", "int"),
    ("({ def l = [{0}]; def g = \"$l ${l.size()}\"; l << {1}; g.toString() }())", "int", "int"), ("\"${{0}}${{1}}\".strings.toString()", "int", "text"), ("\"${{0}}\".values.toString()", "text"),
    ("({0} =~ {1}).collect { it.toString() }.toString()", "text", "groups"), ("({0} =~ {1})[{2}].toString()", "text", "groups", "small"), ("({0} =~ {1})[0][{2}]", "text", "groups", "small"),
    ("({0} =~ {1}).replaceAll('<\\$0>')", "text", "groups"), ("(({0} =~ {1}).with { it.find() ? it.group(1) : 'no' })", "text", "groups"), ("(({0} =~ {1}).with { it.matches() ? it.group(0) : 'no' })", "text", "groups"),
    ("({0}).find({1}) { all, one -> one }", "text", "groups"), ("({0}).findAll({1}) { all, one -> \"$one\".toString() }.toString()", "text", "groups"), ("({0}).findAll({1}).toString()", "text", "groups"),
    ("(({0} =~ {1}).iterator().collect { it instanceof List ? it[0] : it }).toString()", "text", "groups"), ("({0} =~ {1}).lookingAt().toString()", "text", "groups"), 
    ("({0}).inspect()", "map"), ("({0}).toMapString()", "map"), ("({0}).max { it.value }.toString()", "map"), ("({0}).min { a, b -> a.value <=> b.value }.toString()", "map"), ("({0}).find { k, v -> {1} }.toString()", "map", "pair:bool"),
    ("({0}).withDefault { k -> k * 2 }.with { def m = it; m[{1}] + m.toString() }", "map", "word"), ("({0}).groupBy { k, v -> v % 2 }.toString()", "map"), ("({0})*.key.toString()", "map"), ("({0})*.value.toString()", "map"),
    ("[*: {0}, q: {1}].toString()", "map", "int"), ("({ Map m, x -> \"$m $x\".toString() }(*: {0}, {1}))", "map", "int"), ("({0})*.size().toString()", "texts"), ("({0})?.size()?.toString()", "texts"),
    ("({0}).eachWithIndex { e, i -> }.toString()", "map"), ("({0}).asImmutable().toString()", "map"), ("({0}).drop({1}).toString()", "map", "odd"), ("({0}).iterator().next().toString()", "map"),
    ("({0}).split {it.value > 1}.toString()", "map"), ("({0}).swap({1}, {2}).toString()", "ints", "odd", "odd"), ("({0}).transpose().toString()", "texts"), ("({0}).collate({1}).toString()", "ints", "odd"),
    ("({0}).collate({1}, {2}).toString()", "ints", "odd", "odd"), ("({0}).collate({1}, {2}, false).toString()", "ints", "small", "odd"), ("({0}).pop().toString()", "ints"), ("({0}).indexed().toString()", "ints"), ("({0}).subList({1}, {2}).toString()", "ints", "odd", "odd"),
    ("({0}).permutations().size().toString()", "ints"), ("({0}).subsequences().size().toString()", "ints"), ("[{0}, {1}].combinations().toString()", "ints", "texts"), ("({0}).inject { a, b -> a - b }.toString()", "ints"), ("({0}).take({1}).toString()", "ints", "odd"),
    ("({0}).drop({1}).toString()", "ints", "odd"), ("({0}).multiply({1}).toString()", "ints", "odd"), ("({0})[{1}, {2}].toString()", "ints", "odd", "odd"), ("({0}).removeAt({1}).toString()", "ints", "odd"), ("({0}).getAt({1}..{2}).toString()", "ints", "odd", "odd"),
    ("({0}).groupBy({ it % 2 }, { it > 1 }).toString()", "ints"), ("({0}).countBy { it.size() }.toString()", "texts"), ("({0}).max { a, b -> a <=> b }.toString()", "ints"), ("({0}).collectNested { it }.toString()", "ints"), ("({0}).sum().toString()", "texts"),
    ("({0}).sum({1}).toString()", "ints", "text"), ("({0}).join({1})", "ints", "odd"), ("({0}).asType({1}).toString()", "any", "class"), ("({0}).class.simpleName + ({0})", "any"), ("(({0}) as {1}).toString()", "any", "class"), ("(({1}) ({0})).toString()", "any", "class"),
    ("({ {1} x -> x.toString() }({0}))", "any", "class"), ("({ {1} x = {0}; x.toString() }())", "any", "class"), ("({0} + {1}).toString()", "any", "any"), ("({0} - {1}).toString()", "any", "any"), ("({0}[{1}]).toString()", "any", "any"),
    ("({0} * {1}).toString()", "any", "odd"), ("({0}.{1}).toString()", "any", "member"), ("({0}*.{1}).toString()", "any", "member"), ("({0}?.{1}()).toString()", "any", "member"), ("switchOn({0}, {1})", "any", "any"), ("switchOn({0}, {1})", "int", "range"),
    ("String.format({1}, {0})", "any", "format"), ("({0}).tr({1}, {2})", "text", "word", "word"), ("({0}).normalize().denormalize()", "text"), ("({0}).eachLine { it }", "text"), ("({0}).capitalize().uncapitalize()", "text"), ("({0}).toURI().toString()", "text"),
    ("({0}).encodeBase64().toString()", "bytes"), ("new String({0})", "bytes"), ("({0}).toList().toString()", "bytes"), ("({0}).encodeHex().toString()", "bytes"), ("({0}).next()", "text"), ("({0}).previous()", "text"), ("({0}).plus({1})", "text", "any"),
]

BOOL = [
    ("({0}).isCase({1})", "any", "any"), ("({0} in {1})", "any", "any"), ("({0} == {1})", "any", "any"), ("({0} != {1})", "any", "any"), ("({0} < {1})", "any", "any"), ("({0} as boolean)", "any"), ("({0}).equals({1})", "any", "any"),
    ("({0}).contains({1})", "range", "odd"), ("({0}).containsWithinBounds({1})", "range", "odd"), ("({0}).isReverse()", "range"), ("({0} == {1})", "range", "ints"), ("({0} == {1})", "range", "range"), ("({0}).is({0})", "small"),
    ("({0}).isLong()", "text"), ("({0}).isBigDecimal()", "text"), ("({0}).isDouble()", "text"), ("({0}).isAllWhitespace()", "text"), ("({0}).every { k, v -> {1} }", "map", "pair:bool"), ("({0}).matches({1})", "text", "groups"), ("({0}).toBoolean()", "any"),
    ("({0} instanceof {1})", "any", "type"), ("({0}).regionMatches(0, {1}, 0, {2})", "text", "word", "odd"), ("({0}).startsWith({1}, {2})", "text", "word", "odd"), ("({0}).contentEquals({1})", "text", "word"),
]

INTS = [
    ("({0}).collect { it as int }", "range"), ("({0}).step({1})", "range", "odd"), ("({0}).reverse()", "range"), ("({0}).findIndexValues { it > 0 }.collect { it as int }", "ints"), ("({0}).sort { a, b -> {1} }", "ints", "small"),
    ("({0}).with { def l = it.collect(); l[{1}] = 7; l }", "ints", "odd"), ("({0}).with { def l = it.collect(); l.add({1}, 7); l }", "ints", "odd"), ("({0}).with { def l = it.collect(); l.putAt({1}..{2}, [8, 9]); l }", "ints", "odd", "odd"), ("({0}).plus({1}, [4])", "ints", "odd"),
    ("({0}).with { def (a, b) = it; [a, b] }", "ints"), ("({0}).with { def a, b; (a, b) = it; (b, a) = [a, b]; [a, b] }", "ints"), ("({0}).with { def l = it.collect(); l.removeAll { it > 1 }; l }", "ints"), ("({0}).unique { it % 2 }", "ints"),
    ("({0})*.plus({1})", "ints", "int"), ("({0}).with { def l = it.collect(); l -= 1; l += 5; l <<= 6; l }", "ints"), ("({0}).dropRight({1})", "ints", "odd"), ("({0}).takeRight({1})", "ints", "odd"), ("({0}).min(2)", "ints"), ("(({0}) as int[]).toList()", "ints"), ("(({0}) as Set).toList()", "ints"),
    ("({0}).findAll()", "ints"), ("({0}).grep({1})", "ints", "range"), ("({0}).toSorted { -it }", "ints"), ("({0}).getAt({1})", "ints", "range"), ("({0}).asImmutable() << {1}", "ints", "int"), ("({0}).intersect({1})", "ints", "range"), ("({0}).withDefault { it }.with { it[{1}]; it.toList() }", "ints", "odd"),
]

MAP = [
    ("({0}).withDefault { {1} }.with { it.q; it['a']; new LinkedHashMap(it) }", "map", "int"), ("[*: {0}, *: {1}]", "map", "map"), ("({0}).with { def m = it.clone(); m.a += {1}; m }", "map", "int"), ("({0}).with { def m = it.clone(); m[{1}] = {2}; m }", "map", "word", "int"),
    ("({0}).with { def m = it.clone(); m.\"${{1}}\" = 1; m }", "map", "word"), ("({0}).with { def m = it.clone(); m << [zz: {1}]; m }", "map", "int"), ("({0}).with { def m = it.clone(); m.putIfAbsent({1}, 5); m }", "map", "word"), ("({0}).with { def m = it.clone(); m.keySet().remove({1}); m }", "map", "word"),
    ("({0}).with { def m = it.clone(); m.replaceAll { k, v -> v + 1 }; m }", "map"), ("({0}).intersect({1})", "map", "map"), ("({0}).dropWhile { k, v -> v > 0 }", "map"), ("({0}).takeWhile { k, v -> v > 0 }", "map"),
    ("({0}).grep { it.value > 0 }.collectEntries()", "map"), ("[{0}, {1}].transpose().collectEntries()", "texts", "ints"), ("({0}).collectEntries { [it.value, it.key] }.collectEntries { [it.value, it.key] }", "map"), ("({0}).sort { k -> -k.value }", "map"), ("({0}).each { k, v -> }", "map"),
    ("({0}).inject([:]) { m, k, v -> m[k * 2] = v; m }", "map"), ("({0}).reverseEach { k, v -> }", "map"), ("({0}).indexed().collectEntries { i, v -> [\"k$i\".toString(), v] }", "ints"),
]

EXTRA = {"int": INT, "long": LONG, "big": BIG, "dec": DEC, "double": DOUBLE, "text": TEXT, "bool": BOOL, "ints": INTS, "map": MAP}

LEAVES = {
    "odd": ["-100", "-3", "-2", "-1", "0", "1", "2", "4", "50"],
    "mode": ["java.math.RoundingMode." + m for m in ("UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN", "UNNECESSARY")],
    "groups": [r"/(\d+)/", r"/(\w)(\d)?/", r"/([a-z]+)([A-Z])?/", r"/(a)|(b)/", r"/\w+/", r"/^(\w*)-(.*)$/", r"/(?i)([abc])/", r"/(.)\1/", "/()/", r"/(\d+)\.(\d+)(?:\.(\d+))?/"],
    "class": ["String", "Integer", "int", "List", "Set", "Map", "boolean", "BigDecimal", "long", "double", "char", "Object", "Number", "int[]", "String[]", "Collection", "Character", "BigInteger", "Closure"],
    "type": ["String", "Integer", "List", "Set", "Map", "BigDecimal", "Object", "Number", "Collection", "Comparable", "CharSequence", "Closure", "Iterable"],
    "format": ["'%s'", "'%5s|'", "'%-5s|'", "'%d'", "'%05d'", "'%x'", "'%.2f'", "'%10.3e'", "'%c'", "'%b'", "'%,d'", "'%+d'", "'%S'", "'%h'", "'%%%s'", "'%2$s'", "'%n%s'"],
    "member": ["size", "length", "a", "x", "class", "empty", "first", "toUpperCase", "abs", "key", "value", "keySet", "hashCode", "trim", "name"],
    "bytes": ["'abc'.bytes", "'ü€'.getBytes('UTF-8')", "([1, 2, -1] as byte[])", "new byte[0]"],
    "range": ["(1..4)", "(4..1)", "(1..<4)", "(0..<0)", "('a'..'d')", "('d'..'b')", "(-2..2)", "(1..1)", "(1L..3L)", "(1.0..3.0)", "('a'..<'c')", "(-1..-3)", "(0..-1)", "(5..<2)", "(1..2.5)"],
    "any": ["null", "0", "1", "-7", "3L", "2G", "1.50", "2.0d", "1.5f", "''", "'a'", "'abc'", "'12'", "\"g${1}\"", "true", "false", "[]", "[1, 2]", "['a']", "[:]", "[a: 1]", "[key: 'k', value: 2]", "(1..3)", "([1, 'a'] as Set)", "('x' as char)",
            "([1, 2] as int[])", "(['p'] as String[])", "String", "Integer", "~/a.*/", "{ it }", "{ it > 1 }", "new Date(0)", "new StringBuilder('sb')", "Boolean.TRUE", "java.util.concurrent.TimeUnit.DAYS"],
}

# What the expressions call.
PRELUDE = ["def switchOn(subject, label) { switch (subject) { case label: return 'yes'; case null: return 'null'; case String: return 'text'; case Number: return 'number'; case [1, 2]: return 'list'; default: return 'no' } }"]
