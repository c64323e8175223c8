"""Random Groovy programs over what Windlass supports: well-formed, deterministic, ended.

A program is a list of cases. An expression case prints one value, or the class and first line of what it threw; a
statement case runs nested control flow that notes its steps in a log. Expressions are trees (Node), so that the shrinker
can replace a part by one of its children or by something small of the same type.
"""
import random

import rows as more

INTS = ["0", "1", "2", "3", "7", "-1", "-5", "10", "42", "100", "255", "-128", "65536", "2147483647", "-2147483648", "1000000"]
LONGS = ["0L", "1L", "-3L", "5000000000L", "9223372036854775807L", "123456789012L"]
BIGS = ["1G", "12345678901234567890", "-7G", "2G"]
DECIMALS = ["0.0", "1.5", "2.50", "-0.25", "100.0", "3.14159", "0.1", "1e3", "12.345", "-7.0"]
# Sums and products of these have short texts: the last digit of a double differs between Java 17 and later ones.
DOUBLES = ["0.5d", "1.0d", "-2.25d", "1024.0d", "3.0d"]
TEXTS = ["''", "'a'", "'abc'", "'Hello World'", "' pad '", "'a,b,,c'", "'x=1;y=2'", "'line1\\nline2'", "'feature/JIRA-12_x'",
         "'1.2.3'", "'AbC'", "'aaa'", "'42'", "'-7'", "'tab\\there'", "'ünï'", "'v10.2.1-rc1'", "'true'", "'a.b.c'"]
WORDS = ["'a'", "'b'", "'cc'", "'abc'", "'x1'", "'Z'", "''"]
PATTERNS = [r"/\d+/", "/[a-z]+/", r"/\s+/", "/,/", r"/(\w)(\w)/", "/a*/", r"/[^\w]/", r"/\./"]


class Node:
    """One expression: its type, a text with {0}, {1} … for its children."""

    def __init__(self, kind, text, *children):
        self.kind, self.text, self.children = kind, text, list(children)

    def render(self):
        out = self.text
        for i, child in enumerate(self.children):
            out = out.replace("{%d}" % i, child.render())
        return out

    def size(self):
        return 1 + sum(c.size() for c in self.children)

    def copy(self):
        return Node(self.kind, self.text, *[c.copy() for c in self.children])


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.scope = []  # (name, kind) visible here

    def pick(self, options):
        return self.r.choice(options)

    # ---- expressions

    def leaf(self, kind):
        names = [n for n, k in self.scope if k == kind]
        if names and self.r.random() < 0.6:
            return Node(kind, self.pick(names))
        if kind == "int":
            return Node(kind, self.pick(INTS))
        if kind == "long":
            return Node(kind, self.pick(LONGS))
        if kind == "big":
            return Node(kind, self.pick(BIGS))
        if kind == "dec":
            return Node(kind, self.pick(DECIMALS))
        if kind == "double":
            return Node(kind, self.pick(DOUBLES))
        if kind == "text":
            return Node(kind, self.pick(TEXTS))
        if kind == "bool":
            return Node(kind, self.pick(["true", "false"]))
        if kind == "ints":
            return Node(kind, self.pick(["[]", "[1]", "[3, 1, 2]", "[5, -1, 5, 0]", "(1..4).toList()", "[1, 2, 3, 4, 5, 6]", "[10, 20]"]))
        if kind == "texts":
            return Node(kind, self.pick(["[]", "['b', 'a']", "['x', 'yy', 'zzz']", "['a', 'B', 'a']", "['1', '22', '']"]))
        if kind == "map":
            return Node(kind, self.pick(["[:]", "[a: 1]", "[b: 2, a: 1]", "[x: 10, y: -1, z: 0]", "[k: 3, l: 3]"]))
        raise KeyError(kind)

    def expression(self, kind, depth):
        if depth <= 0 or self.r.random() < 0.12:
            return self.leaf(kind)
        return getattr(self, "make_" + kind)(depth - 1)

    def node(self, kind, depth, rows):
        """rows: (text, child kinds…); a child kind 'it:KIND>RESULT' is a closure body with `it` of that kind."""
        text, *kinds = self.pick(rows + more.EXTRA.get(kind, []))
        children = []
        for k in kinds:
            if k.startswith("it:"):
                given, result = k[3:].split(">")
                self.scope.append(("it", given))
                children.append(self.expression(result, min(depth, 2)))
                self.scope.pop()
            elif k.startswith("pair:"):
                result = k[5:]
                self.scope += [("k", "text"), ("v", "int")]
                children.append(self.expression(result, min(depth, 2)))
                del self.scope[-2:]
            elif k.startswith("fold:"):
                given = k[5:]
                self.scope += [("acc", given), ("x", "int")]
                children.append(self.expression(given, min(depth, 2)))
                del self.scope[-2:]
            elif k in more.LEAVES:
                children.append(Node(k, self.pick(more.LEAVES[k])))
            elif k == "word":
                children.append(Node("word", self.pick(WORDS)))
            elif k == "pattern":
                children.append(Node("pattern", self.pick(PATTERNS)))
            elif k == "small":
                children.append(Node("small", self.pick(["0", "1", "2", "3", "5"])))
            else:
                children.append(self.expression(k, depth))
        return Node(kind, text, *children)

    def make_int(self, d):
        return self.node("int", d, [
            ("({0} + {1})", "int", "int"), ("({0} - {1})", "int", "int"), ("({0} * {1})", "int", "int"),
            ("({0}).intdiv({1})", "int", "int"), ("({0} % {1})", "int", "int"), ("({0} & {1})", "int", "int"),
            ("({0} | {1})", "int", "int"), ("({0} ^ {1})", "int", "int"), ("({0} << {1})", "int", "small"),
            ("({0} >> {1})", "int", "small"), ("({0} >>> {1})", "int", "small"), ("(-({0}))", "int"), ("(~({0}))", "int"),
            ("({0}).abs()", "int"), ("({0}).size()", "text"), ("({0}).size()", "ints"), ("({0}).size()", "map"),
            ("({0}).indexOf({1})", "text", "word"), ("({0} <=> {1})", "int", "int"), ("({0} <=> {1})", "text", "text"),
            ("({0} <=> {1})", "dec", "int"), ("({0} ? {1} : {2})", "bool", "int", "int"), ("(({0}).sum() ?: {1})", "ints", "int"),
            ("({0}).inject({1}) { acc, x -> {2} }", "ints", "int", "fold:int"), ("({0}).count { {1} }", "ints", "it:int>bool"),
            ("(({0}).max() ?: 0)", "ints"), ("(({0}).min() ?: 0)", "ints"), ("({0}).findIndexOf { {1} }", "ints", "it:int>bool"),
            ("Math.max({0}, {1})", "int", "int"), ("(({0}) as int)", "dec"), ("(({0}) as int)", "long"), ("({0}).toInteger()", "text"),
            ("({0}).hashCode()", "text"), ("({0}).hashCode()", "ints"), ("({0}).hashCode()", "map"), ("(({0})[{1}] ?: 0)", "ints", "small"),
            ("({0}).get({1})", "ints", "small"), ("({0}).first()", "ints"), ("({0}).last()", "ints"), ("(({0}).a ?: 0)", "map"),
            ("({0}).getOrDefault({1}, {2})", "map", "word", "int"), ("Integer.parseInt({0})", "text"), ("({0}).count({1})", "text", "word"),
            ("(({0}).values().sum() ?: 0)", "map"), ("({0}).compareTo({1})", "text", "text"), ("({0}).intValue()", "double"),
            ("Integer.bitCount({0})", "int"), ("({ int p, int q = 3 -> p * q }({0}))", "int"), ("({0}).lastIndexOf({1})", "text", "word"),
            ("(({0}) ** 2)", "small"), ("(({0}).sum { {1} } ?: 0)", "ints", "it:int>int"), ("(({0}).collect { {1} }.sum() ?: 0)", "texts", "it:text>int"),
        ])

    def make_long(self, d):
        return self.node("long", d, [
            ("({0} + {1})", "long", "int"), ("({0} * {1})", "long", "long"), ("({0} - {1})", "int", "long"),
            ("({0}).intdiv({1})", "long", "long"), ("({0} % {1})", "long", "long"), ("(({0}) as long)", "int"),
            ("({0} << {1})", "long", "small"), ("({0} >>> {1})", "long", "small"), ("({0}).longValue()", "dec"), ("({0}).abs()", "long"),
        ])

    def make_big(self, d):
        return self.node("big", d, [
            ("({0} + {1})", "big", "big"), ("({0} * {1})", "big", "big"), ("({0} - {1})", "big", "long"), ("({0}).mod({1})", "big", "big"),
            ("({0}).toBigInteger()", "int"), ("({0} ** {1})", "big", "small"), ("({0}).negate()", "big"), ("({0}).gcd({1})", "big", "big"),
        ])

    def make_dec(self, d):
        return self.node("dec", d, [
            ("({0} + {1})", "dec", "dec"), ("({0} - {1})", "dec", "int"), ("({0} * {1})", "dec", "dec"), ("({0} / {1})", "dec", "dec"),
            ("({0} / {1})", "int", "int"), ("({0} / {1})", "long", "int"), ("({0}).setScale({1}, BigDecimal.ROUND_HALF_UP)", "dec", "small"),
            ("(-({0}))", "dec"), ("({0}).abs()", "dec"), ("(({0}) as BigDecimal)", "int"), ("({0} ? {1} : {2})", "bool", "dec", "dec"),
            ("({0}).toBigDecimal()", "int"), ("({0}).negate()", "dec"), ("({0} ** {1})", "dec", "small"),
        ])

    def make_double(self, d):
        return self.node("double", d, [
            ("({0} + {1})", "double", "double"), ("({0} * {1})", "double", "int"), ("({0} - {1})", "small", "double"),
            ("({0} / 4)", "double"), ("(({0}) as double)", "small"), ("({0}).doubleValue()", "int"), ("({0}).abs()", "double"),
        ])

    def make_text(self, d):
        return self.node("text", d, [
            ("({0} + {1})", "text", "text"), ("({0} + {1})", "text", "int"), ("({0} + {1})", "text", "dec"), ("({0} + {1})", "text", "ints"),
            ('"<${{0}}>"', "int"), ('"${{0}}-${{1}}"', "text", "dec"), ('"${{0}}"', "ints"), ('"${{0}}"', "map"), ('"${{0}}".toString()', "double"),
            ("({0}).toUpperCase()", "text"), ("({0}).toLowerCase()", "text"), ("({0}).trim()", "text"), ("({0}).reverse()", "text"),
            ("({0}).capitalize()", "text"), ("({0}).replace({1}, {2})", "text", "word", "word"), ("({0}).replaceAll({1}, '#')", "text", "pattern"),
            ("({0}).replaceFirst({1}, '<\\$0>')", "text", "pattern"), ("({0}).substring({1})", "text", "small"),
            ("({0}).substring({1}, {2})", "text", "small", "small"), ("({0}).take({1})", "text", "int"), ("({0}).drop({1})", "text", "small"),
            ("({0}).padLeft({1}, '0')", "text", "small"), ("({0}).padRight({1})", "text", "small"), ("({0}).center({1}, '*')", "text", "small"),
            ("({0})[{1}]", "text", "small"), ("({0})[{1}..{2}]", "text", "small", "small"), ("({0})[-1]", "text"), ("({0} * {1})", "text", "small"),
            ("({0} - {1})", "text", "word"), ("({0}).tokenize(',').join('|')", "text"), ("({0}).split({1}).join('|')", "text", "pattern"),
            ("({0}).join({1})", "ints", "word"), ("({0}).join('+')", "texts"), ("({0}).toString()", "ints"), ("({0}).toString()", "dec"),
            ("({0}).toString()", "big"), ("({0} ?: {1})", "text", "text"), ("({0} ? {1} : {2})", "bool", "text", "text"),
            ("String.format('%05d|%s', {0}, {1})", "int", "text"), ("String.format('%.2f', {0})", "dec"), ("Integer.toHexString({0})", "int"),
            ("(({0}).find({1}) ?: 'none')", "text", "pattern"), ("({0}).class.simpleName", "dec"), ("({0}).class.name", "long"), ("({0}).inspect()", "text"),
            ("({0}).inspect()", "texts"), ("(({0}).max { {1} } ?: 'none')", "texts", "it:text>int"), ("({0}).collect { {1} }.join()", "texts", "it:text>text"),
            ("({0}).replaceAll(/\\w/) { it.toUpperCase() + {1} }", "text", "small"), ("({0}).first()", "texts"), ("(({0}).min() ?: 'none')", "texts"),
            ("({0}).keySet().join(',')", "map"), ("({0}).collect { k, v -> {1} }.join(';')", "map", "pair:text"), ("({0}).stripIndent()", "text"),
            ("({0}).tr('a-c', 'x-z')", "text"), ("({0}).uncapitalize()", "text"), ("(({0}).find { {1} } ?: 'none')", "texts", "it:text>bool"),
            ("({0}).readLines().toString()", "text"), ("({0}).concat({1})", "text", "text"), ("({0}).takeWhile { {1} }", "text", "it:text>bool"),
            ("groovy.json.JsonOutput.toJson({0})", "map"), ("groovy.json.JsonOutput.toJson({0})", "texts"),
            ("new StringBuilder({0}).append({1}).reverse().toString()", "text", "int"),
        ])

    def make_bool(self, d):
        return self.node("bool", d, [
            ("({0} < {1})", "int", "int"), ("({0} >= {1})", "dec", "int"), ("({0} == {1})", "int", "long"), ("({0} != {1})", "text", "text"),
            ("({0} == {1})", "ints", "ints"), ("({0} == {1})", "map", "map"), ("({0} && {1})", "bool", "bool"), ("({0} || {1})", "bool", "bool"),
            ("(!({0}))", "bool"), ("({0}).contains({1})", "text", "word"), ("({0}).contains({1})", "ints", "int"), ("({0} in {1})", "int", "ints"),
            ("({0} ==~ {1})", "text", "pattern"), ("(({0} =~ {1}) ? true : false)", "text", "pattern"), ("({0}).startsWith({1})", "text", "word"),
            ("({0}).endsWith({1})", "text", "word"), ("({0}).isEmpty()", "text"), ("({0}).isEmpty()", "ints"), ("({0}).any { {1} }", "ints", "it:int>bool"),
            ("({0}).every { {1} }", "ints", "it:int>bool"), ("({0}).isInteger()", "text"), ("({0}).isNumber()", "text"), ("({0}).containsKey({1})", "map", "word"),
            ("({0}).toBoolean()", "text"), ("({0} as boolean)", "ints"), ("({0} as boolean)", "text"), ("({0}).equals({1})", "int", "int"),
            ("({0} instanceof Integer)", "int"), ("({0}).equalsIgnoreCase({1})", "text", "text"), ("({0} == {1})", "dec", "double"), ("({0} > {1})", "text", "text"),
            ("({0} ^ {1})", "bool", "bool"), ("({0}).any { k, v -> {1} }", "map", "pair:bool"), ("({0} in {1}..{2})", "int", "int", "small"),
        ])

    def make_ints(self, d):
        return self.node("ints", d, [
            ("[{0}, {1}]", "int", "int"), ("[{0}, *{1}]", "int", "ints"), ("({0} + {1})", "ints", "ints"), ("({0} + {1})", "ints", "int"),
            ("({0} - {1})", "ints", "ints"), ("({0} - {1})", "ints", "int"), ("({0}).collect { {1} }", "ints", "it:int>int"),
            ("({0}).findAll { {1} }", "ints", "it:int>bool"), ("({0}).sort(false)", "ints"), ("({0}).sort(false) { {1} }", "ints", "it:int>int"),
            ("({0}).sort(false) { a, b -> b <=> a }", "ints"), ("({0}).unique(false)", "ints"), ("({0}).reverse()", "ints"), ("({0}).take({1})", "ints", "small"),
            ("({0}).drop({1})", "ints", "small"), ("({0}).tail()", "ints"), ("({0}).init()", "ints"), ("({0})[{1}..{2}]", "ints", "small", "small"),
            ("({0}).collate(2).collect { it.sum() }", "ints"), ("({1}..{0}).toList()", "small", "small"), ("({0} * {1})", "ints", "small"),
            ("({0}).values().toList()", "map"), ("({0}).collect { {1} }", "texts", "it:text>int"), ("({0}).withIndex().collect { x, i -> x * i }", "ints"),
            ("({0}).intersect({1})", "ints", "ints"), ("[{0}, {1}].flatten()", "ints", "ints"), ("({0}).toSet().toList().sort()", "ints"),
            ("({0} ? {1} : {2})", "bool", "ints", "ints"), ("({0}).takeWhile { {1} }", "ints", "it:int>bool"), ("({0}).dropWhile { {1} }", "ints", "it:int>bool"),
            ("({0}).findResults { {1} ? it : null }", "ints", "it:int>bool"), ("({0}).groupBy { it % 2 }.collect { k, l -> l.size() }", "ints"),
            ("({0}).with { def l = new ArrayList(it); l << {1}; l }", "ints", "int"), ("({0}).with { def l = it.collect(); l.remove(0); l }", "ints"),
            ("({0}).with { def l = it.collect(); l[{1}] = 9; l.collect { it ?: 0 } }", "ints", "small"), ("({0}).split { {1} }[0]", "ints", "it:int>bool"),
            ("[{0}, {1}].transpose().collect { it[0] + it[1] }", "ints", "ints"), ("({0}).collectMany { [it, {1}] }", "ints", "it:int>int"),
        ])

    def make_texts(self, d):
        return self.node("texts", d, [
            ("[{0}, {1}]", "text", "text"), ("({0}).tokenize(',')", "text"), ("({0}).split({1}).toList()", "text", "pattern"), ("({0}).toList()", "text"),
            ("({0}).collect { {1} }", "texts", "it:text>text"), ("({0})*.toUpperCase()", "texts"), ("({0}).sort(false)", "texts"), ("({0}).reverse()", "texts"),
            ("({0}).sort(false) { {1} }", "texts", "it:text>int"), ("({0}).unique(false)", "texts"), ("({0}).findAll { {1} }", "texts", "it:text>bool"),
            ("({0} + {1})", "texts", "texts"), ("({0} - {1})", "texts", "texts"), ("({0}).keySet().toList()", "map"), ("({0}).findAll({1})", "text", "pattern"),
            ("({0}).readLines()", "text"), ("({0}).collect { it.toString() }", "ints"), ("({0}).collect { \"n$it\".toString() }", "ints"),
            ("({0}).collect { k, v -> {1} }", "map", "pair:text"), ("({0}).tokenize()", "text"), ("({0}).take({1})", "texts", "small"), ("({0}).grep({1})", "texts", "pattern"),
            ("({0}).split('/').toList()", "text"), ("({0}).groupBy { it.size() }.values().collect { it.join('') }", "texts"),
        ])

    def make_map(self, d):
        return self.node("map", d, [
            ("[a: {0}, b: {1}]", "int", "int"), ("[({0}): {1}]", "word", "int"), ("({0} + {1})", "map", "map"), ("({0}).findAll { k, v -> {1} }", "map", "pair:bool"),
            ("({0}).collectEntries { k, v -> [k, {1}] }", "map", "pair:int"), ("({0}).collectEntries { [it, {1}] }", "texts", "it:text>int"),
            ("({0}).countBy { {1} }.collectEntries { k, v -> [k.toString(), v] }", "ints", "it:int>int"), ("({0}).sort()", "map"), ("({0}).sort { {1} }", "map", "it:map>int"),
            ("({0}).sort { a, b -> b.value <=> a.value }", "map"), ("({0}).subMap(['a', 'x'])", "map"), ("({0}).take({1})", "map", "small"), ("({0} - {1})", "map", "map"),
            ("({0}).with { def m = new LinkedHashMap(it); m.z = {1}; m }", "map", "int"), ("new TreeMap({0})", "map"), ("new HashMap({0})", "map"),
            ("({0}).groupBy { it.size() }.collectEntries { k, v -> [k.toString(), v.size()] }", "texts"), ("({0} ? {1} : {2})", "bool", "map", "map"),
        ])

    # ---- statements

    def statements(self, depth, loop, budget):
        lines = []
        for _ in range(self.r.randint(1, 3)):
            lines += self.statement(depth, loop, budget)
        return lines

    def statement(self, depth, loop, budget):
        """Lines of one statement; `loop`: break and continue may stand here."""
        budget[0] += 1
        tag = f"log << 's{budget[0]}'"
        indent = lambda lines: ["    " + line for line in lines]
        choices = ["note"] if depth <= 0 or budget[0] > 25 else ["note", "if", "for", "while", "try", "switch", "each", "closure", "set"]
        if loop and depth < 3:
            choices += ["break", "continue"]
        kind = self.pick(choices)
        condition = self.expression("bool", 1).render()
        if kind == "note":
            return [tag]
        if kind == "set":
            return [f"n = n + {self.r.randint(-2, 3)}", f"log << n"]
        if kind == "if":
            return [f"if ({condition}) {{"] + indent(self.statements(depth - 1, loop, budget)) + ["} else {"] + indent(self.statements(depth - 1, loop, budget)) + ["}"]
        if kind == "for":
            v = f"i{depth}"
            head = self.pick([f"for (int {v} = 0; {v} < {self.r.randint(1, 3)}; {v}++) {{", f"for ({v} in 1..{self.r.randint(1, 3)}) {{", f"for ({v} in ['p', 'q']) {{"])
            return [head] + indent([f"log << {v}"] + self.statements(depth - 1, True, budget)) + ["}"]
        if kind == "while":
            v = f"w{depth}_{budget[0]}"
            return [f"int {v} = 0", f"while ({v} < {self.r.randint(1, 3)}) {{"] + indent([f"{v}++"] + self.statements(depth - 1, True, budget)) + ["}"]
        if kind == "try":
            thrown = self.pick(["", "throw new IllegalStateException('t')", "throw new IOException('io')", "Integer.parseInt('x')", "[].first()"])
            body = self.statements(depth - 1, loop, budget)
            if thrown:
                body = [f"if ({condition}) {thrown}"] + body
            out = ["try {"] + indent(body)
            out += ["} catch (IllegalStateException | NumberFormatException e) {"] + indent(["log << e.class.simpleName"] + self.statements(depth - 1, loop, budget))
            if self.r.random() < 0.6:
                out += ["} finally {"] + indent(["log << 'f'"])
            return out + ["}"]
        if kind == "switch":
            out = [f"switch ({self.pick(['n', 'n % 3', self.expression('int', 1).render()])}) {{"]
            for label in self.r.sample(["0", "1", "2", "3..5", "[6, 7]", "Integer", "{ it < 0 }"], self.r.randint(1, 3)):
                out += [f"    case {label}:"] + indent(indent([f"log << 'c{label[0]}'"]))
                if self.r.random() < 0.7:
                    out.append("        break")
            return out + ["    default:", "        log << 'd'", "}"]
        if kind == "each":
            return ["[1, 2, 3].each {"] + indent([f"if ({condition}) return", "n += it"] + self.statements(depth - 1, False, budget)) + ["}"]
        if kind == "closure":
            name = f"c{budget[0]}"
            return [f"def {name} = {{ x, y = 2 ->"] + indent([f"if (x > y) return x * n"] + self.statements(0, False, budget) + ["x + y"]) + ["}", f"log << {name}({self.r.randint(0, 4)})"]
        return [f"if ({condition}) {kind}"]

    def statement_case(self):
        self.scope = [("n", "int")]
        lines = self.statements(4, False, [0])
        self.scope = []
        return lines


def expression_case(seed):
    g = Generator(seed)
    return g.expression(g.pick(["int", "long", "big", "dec", "double", "text", "text", "bool", "ints", "ints", "texts", "map", "map"]), g.r.randint(2, 4))


def expression_lines(node, number):
    return [f"try {{ def v = {node.render()}; println '{number}: ' + v + ' ' + (v == null ? '' : v.getClass().name) }} "
            f"catch (Throwable e) {{ println '{number}: ' + e.class.name + ': ' + (e.message ? e.message.readLines()[0] : '') }}"]


def statement_lines(body, number):
    return [f"def case{number}() {{", "    def log = []", "    int n = 1"] + ["    " + line for line in body] + [f"    println '{number}: ' + log", "}",
            f"try {{ case{number}() }} catch (Throwable e) {{ println '{number}: ' + e.class.name + ': ' + (e.message ? e.message.readLines()[0] : '') }}"]
