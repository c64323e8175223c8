"""Random programs with classes: inheritance, overloads, properties, missing members, operators, closures with delegates.

A case is a list of lines in which @ stands for the case's number: declarations first, then lines that note what happens
in `log`. `t { … }` gives the text of a value, or the class and the first line of what was thrown.
"""
import random

PRELUDE = [
    "def t(Closure c) { try { def v = c(); v == null ? 'null' : v.toString() + ':' + v.getClass().simpleName } "
    "catch (Throwable e) { e.class.simpleName + ': ' + (e.message ? e.message.readLines()[0] : '') } }",
]

FIELDS = ["int n = 1", "String name", "def any = [1, 2]", "final String fixed = 'F'", "static int count = 0", "private hidden = 'h'", "protected prot = 'p'", "public open = 'o'",
          "List items = []", "Map opts = [:]", "BigDecimal money = 1.50", "boolean flag", "Closure act = { it }", "static final LIMIT = 7", "Integer boxed", "long big = 5", "def lazyText = \"${-> 1 + 1}\"", "String[] parts = ['a', 'b']"]
PARAMETERS = ["Object x", "String x", "Integer x", "int x", "Number x", "List x", "Map x", "long x", "double x", "CharSequence x", "Closure x", "boolean x", "x", "String... x", "Object[] x", "int... x", "Collection x", "BigDecimal x", "char x", "Set x",
              "x, y", "String x, int y", "Map x, y", "x, y = 5", "String x, String y = 'dy'", "x, Object... y", "Map x, Closure y", "int x, int y", "Object x, Integer y", "String x, Closure y = { 'd' }"]
SPECIAL = ["String toString() { \"{{NAME}}\" + (this.hasProperty('n') ? this.n : '') }", "boolean equals(o) { o instanceof {NAME} }", "int hashCode() { 7 }", "def propertyMissing(String p) { \"pm:$p\" }", "def propertyMissing(String p, v) { note(\"set $p=$v\") }",
           "def methodMissing(String m, a) { \"mm:$m:${a.size()}\" }", "def plus(o) { \"plus $o\" }", "def call(Object... a) { \"call ${a.size()}\" }", "def getAt(i) { \"at $i\" }", "def putAt(i, v) { note(\"put $i $v\") }", "boolean asBoolean() { false }",
           "def leftShift(x) { note(\"<<$x\"); this }", "boolean isCase(o) { o == 1 }", "int compareTo(o) { 1 }", "Iterator iterator() { [4, 5].iterator() }", "def getN() { 'got n' }", "void setName(v) { this.@name = \"set $v\" }", "boolean isReady() { true }", "def getComputed() { 'c' + hashCodeless() }",
           "static make(Object... a) { new {NAME}() }", "def each(Closure c) { c(1); c(2); this }", "def asType(Class c) { c == String ? 'as string' : this }", "def next() { 'next' }", "def negative() { 'neg' }", "def multiply(Integer k) { \"times $k\" }", "def size() { 3 }", "def get(String k) { \"get $k\" }"]
VALUES = ["null", "1", "2L", "'s'", "\"g${1}\"", "1.5", "[1]", "[a: 1]", "[1, 'b']", "{ 'closure' }", "true", "'c' as char", "[] as Set", "'a', 'b'", "1, 2", "a: 1", "a: 1, 'p'", "'x', { 'trail' }", "*[1, 2]", "[1] as int[]", "['q'] as String[]", "(Object) 'o'", "(String) null", "2.0d", "", "3G", "a: 1, b: 2", "[:]"]
PROPERTIES = ["n", "name", "any", "fixed", "count", "hidden", "prot", "open", "items", "opts", "money", "flag", "boxed", "big", "ready", "computed", "nothing", "LIMIT", "class.simpleName", "lazyText", "parts", "metaClass != null", "act"]
BODIES = ["\"{M}:x\"", "'{M}:' + (x == null ? 'null' : x.getClass().simpleName)", "x", "[x]", "return x ?: 'empty'", "note(x); 'noted'", "super.toString() == null", "this.n", "n = 9; n", "items << x; items.size()", "owner", "helper(x)", "\"${x}\"", "x.toString() + n", "def c = { n }; c()", "def c = { -> delegate.is(this) }; c()",
          "[1, 2].collect { it + n }", "x as String", "any.collect { e -> \"$e$x\" }.join()", "if (x) 'yes' else 'no'", "switch (x) { case String: 'str'; break; case Number: return 'num'; case null: 'nul' }"]


class Programs:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def pick(self, options):
        return self.r.choice(options)

    def method(self, name, klass):
        parameters = self.pick(PARAMETERS)
        body = self.pick(BODIES).replace("{M}", f"{klass[0]}.{name}({parameters})".replace("'", ""))
        kind = self.r.random()
        modifier = "static " if kind < 0.08 else "protected " if kind < 0.14 else ""  # private and public ones do not mix
        return f"    {modifier}def {name}({parameters}) {{ {body} }}"

    def klass(self, name, base, methods, interfaces, has_subs=True):
        head = f"class {name}" + (f" extends {base}" if base else "") + (f" implements {', '.join(interfaces)}" if interfaces else "") + " {"
        lines = [head]
        if not base:
            lines += ["    int n = 1", "    List items = []", "    def any = [1, 2]", "    def notes = []", "    def note(v) { notes << \"$v\".toString(); v }", "    def helper(v) { \"help $v\".toString() }"]
        seen = {"int n = 1", "List items = []", "def any = [1, 2]"}
        for field in self.r.sample(FIELDS, self.r.randint(1, 4)):
            if field not in seen:
                lines.append("    " + field)
        if self.r.random() < 0.5:
            plain = [f"{name}() {{ note('made') }}", f"{name}(String x = 'd', int y = 2) {{ n = y }}", f"{name}() {{ this(3) }}\n    {name}(int k) {{ n = k }}"]
            given = [f"{name}(x) {{ n = 4; note(\"made $x\") }}", f"{name}(Map m) {{ note(m) }}", f"{name}(Object... a) {{ n = a.length }}", f"{name}(a, b = a) {{ n = 8; items = [a, b] }}"]
            # What has sub classes can be made without arguments.
            lines.append("    " + self.pick(plain if has_subs else plain + given))
        declared = set()
        for _ in range(self.r.randint(1, 4)):
            text = self.method(self.pick(methods), name)
            # Two overloads with the same erased parameters do not compile.
            key = (text.split("def ")[1].split(" { ")[0]).replace("Object... x", "Object[] x").replace("(x", "(Object x").replace("...", "[]")
            key = key.split("=")[0]
            if key not in declared and not any(k.split("(")[0] == key.split("(")[0] and ("=" in text or "=" in k) for k in declared):
                declared.add(key)
                lines.append(text)
        for special in self.r.sample(SPECIAL, self.r.choice([0, 1, 1, 2, 3])):
            lines.append("    " + special.replace("{NAME}", name).replace("{{", "{").replace("}}", "}"))
        if base and self.r.random() < 0.5:
            lines.append("    " + self.pick(["def foo(x) { 'over ' + super.foo(x) }", "def note(v) { super.note(\"<$v>\") }", "String toString() { 'sub ' + super.n }", "int getN() { super.n + 10 }", "def helper(v) { this.n + super.helper(v) }", "void setN(int k) { super.n = k * 2 }"]))
        lines.append("}")
        unique, fields = [], set()
        for line in lines:
            if line in fields and not line.strip().startswith(("{", "}")):
                continue
            fields.add(line)
            unique.append(line)
        return unique

    def receiver(self):
        return self.pick(["b", "b", "a", "c"])

    def line(self, methods):
        o, m, v, p = self.receiver(), self.pick(methods), self.pick(VALUES), self.pick(PROPERTIES)
        bare = p if not p.startswith("class") else "n"
        return self.pick([
            f"log << t {{ {o}.{m}({v}) }}", f"log << t {{ {o}.{m}({v}) }}", f"log << t {{ {o}.{m}({v}) }}", f"log << t {{ {o}.{p} }}", f"log << t {{ {o}.{p} }}", f"log << t {{ {o}.{p} = {v.split(', ')[0] if '(' not in v and '[' not in v and ':' not in v and v and '*' not in v else '1'}; {o}.{p} }}",
            f"log << t {{ {o}?.{m}({v}) }}", f"log << t {{ [{o}, {o}]*.{p} }}", f"log << t {{ [{o}]*.{m}({v}) }}", f"log << t {{ {o}.\"${{'{m}'}}\"({v}) }}", f"log << t {{ {o}.\"{p}\" }}", f"log << t {{ {o}['{p}'] }}", f"log << t {{ {o}.@n }}", f"log << t {{ {o}.@{p.split('.')[0].split(' ')[0]} }}",
            f"log << t {{ {o} + 1 }}", f"log << t {{ {o} << 'x'; {o}.notes }}", f"log << t {{ {o}[3] }}", f"log << t {{ {o} ? 'T' : 'F' }}", f"log << t {{ {o}() }}", f"log << t {{ {o}({v}) }}", f"log << t {{ {o}.notes }}", f"log << t {{ {o}.collect {{ it.getClass().simpleName }} }}", f"log << t {{ {o} == a }}",
            f"log << t {{ {o}.with {{ {m}({v}) }} }}", f"log << t {{ {o}.with {{ {bare} }} }}", f"log << t {{ def k = {{ -> {bare} }}; k.delegate = {o}; k.resolveStrategy = Closure.{self.pick(['DELEGATE_FIRST', 'DELEGATE_ONLY', 'OWNER_FIRST', 'OWNER_ONLY'])}; k() }}",
            f"log << t {{ def k = {{ -> {m}({v}) }}; k.delegate = {o}; k.resolveStrategy = Closure.{self.pick(['DELEGATE_FIRST', 'DELEGATE_ONLY', 'OWNER_FIRST'])}; k() }}", f"log << t {{ def k = {o}.&{m}; k({v}) }}", f"log << t {{ {o}.{m} {v if v and not v.startswith(('[', '{', '*', '(')) else '0'} }}", f"log << t {{ {o} as String }}",
            f"log << t {{ switch (1) {{ case {o}: return 'case'; default: return 'no' }} }}", f"log << t {{ for (e in {o}) {{ log << e.getClass().simpleName }}; 'walked' }}", f"log << t {{ {o}.respondsTo('{m}').size() > 0 }}", f"log << t {{ {o}.hasProperty('{p}') != null }}", f"log << t {{ {o}.{m}() }}",
            f"log << t {{ A@.{m}({v}) }}", f"log << t {{ B@.count }}", f"log << t {{ new A@({v}).n }}", f"log << t {{ new B@({v}).n }}", f"log << t {{ new B@(n: 6, name: 'nm').n }}", f"log << t {{ {o} instanceof A@ }}", f"log << t {{ {o}.class.simpleName + {o}.class.superclass.simpleName }}", f"log << t {{ \"${{{o}.n}} ${{-> {o}.n++}} ${{{o}.n}}\" }}",
            f"log << t {{ {o}.n += 2; {o}.n }}", f"log << t {{ {o}.items += 5; {o}.items }}", f"log << t {{ {o}.any*.toString() }}", f"log << t {{ [{o}, {o}].n }}", f"log << t {{ -{o} }}", f"log << t {{ {o} <=> {o} }}", f"log << t {{ {o} * 2 }}", f"log << t {{ [{o}] == [{o}] }}", f"log << t {{ {o}.size() }}", f"log << t {{ {o}.invokeMethod('{m}', [1] as Object[]) }}", f"log << t {{ {o}.getProperty('{p}') }}",
            f"log << t {{ {o}.setProperty('{p}', 3); {o}.getProperty('{p}') }}", f"log << t {{ {o}.metaClass.respondsTo({o}, '{m}').size() > 0 }}", f"log << t {{ def f = {o}.&helper >> {{ it + '!' }}; f('v') }}", f"log << t {{ {o}.tap {{ n = 3 }} }}", f"log << t {{ {o}.each {{ log << it.getClass().simpleName }} ; 1 }}", f"log << t {{ {o}.identity {{ n }} }}", f"log << t {{ {o}.is({o}) }}",
        ])

    def case(self):
        methods = ["foo", "bar"]
        out = ["interface I@ { def foo(x) }"] if self.r.random() < 0.2 else []
        out += self.klass("A@", None, methods, [])
        three = self.r.random() < 0.4
        out += self.klass("B@", "A@", methods, [], three)
        if three:
            out += self.klass("C@", "B@", methods, [], False)
        body = ["def a = make@(A@)", "def b = make@(B@)", f"def c = make@({'C@' if three else 'A@'})"]
        body += [self.line(methods) for _ in range(self.r.randint(4, 10))]
        return ["//declare"] + out + ["//run"] + body


def lines(case, number):
    text = "\n".join(case).replace("@(", f"{number}(").replace("@.", f"{number}.").replace(".@", "\0")
    text = text.replace("A@", f"A{number}").replace("B@", f"B{number}").replace("C@", f"C{number}").replace("I@", f"I{number}").replace("\0", ".@")
    at = text.split("\n")
    cut = at.index("//run") if "//run" in at else len(at)
    declarations = [line for line in at[:cut] if line != "//declare"]
    body = at[cut + 1:]
    return declarations + [
        f"def make{number}(Class k) {{ try {{ return k.newInstance() }} catch (Throwable e) {{ }}; try {{ return k.newInstance('i') }} catch (Throwable e) {{ return null }} }}",
        f"def program{number}() {{", "    def log = []"] + ["    " + line for line in body] + [f"    println '{number}: ' + log.join(' | ')", "}",
        f"try {{ program{number}() }} catch (Throwable e) {{ println '{number}: ' + e.class.name + ': ' + (e.message ? e.message.readLines()[0] : '') }}"]
