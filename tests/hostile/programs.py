"""Groovy programs without end, or with too much of something: (name, program, what must be said, exit codes).

OUT: the instruction budget · MEM: the memory budget, in one of its two forms · SOE: the exception, which scripts may catch.
All run with 3,000,000 instructions and 64 MiB.
"""
OUT = "ran too long"
MEM = "memory budget|OutOfMemoryError"
SOE = "StackOverflowError|SOE"
ABSENT = "No signature of method|not allowed|not permitted to use|No such|cannot|unable|Unsupported|matching constructor"

_CAUGHT = "\ntry { %s } catch (StackOverflowError e) { println 'SOE' }"


def _endless(name, program, says=OUT):
    return name, program, says, (1,)


def _caught(name, declarations, call):
    return name, declarations + _CAUGHT % call, "SOE", (0,)


PROGRAMS = [
    # ---- without end: budgets, which no catch sees
    _endless("while", "while (true) { }"),
    _endless("for", "for (;;) { }"),
    _endless("while in a catch of everything", "while (true) { try { while (true) { } } catch (Throwable t) { } finally { } }"),
    _endless("times", "2147483647.times { }"),
    _endless("upto", "1.upto(1e18) { }"),
    _endless("long range", "for (i in 1..2000000000) { }"),
    _endless("exceptions", "while (true) { try { throw new Exception() } catch (e) { } }"),
    _endless("exponential retry", "def f(x) { try { f(x + 1) } catch (StackOverflowError e) { f(x) } }\nf(1)"),
    _endless("exponential finally", "def f(x) { try { f(x + 1) } finally { f(x) } }\nf(1)"),
    _endless("output", "while (true) println 'x' * 1000"),
    _endless("iterator as a map", "def i = [hasNext: { true }, next: { 1 }] as Iterator\nprintln i.collect { it }.size()", OUT + "|" + MEM),
    _endless("iterator class", "class G implements Iterator { boolean hasNext() { true }\n Object next() { 1 }\n void remove() { } }\n"
             "println new G().toList()", OUT + "|" + MEM),
    _endless("iterable", "class G implements Iterable { Iterator iterator() { [hasNext: { true }, next: { 1 }] as Iterator } }\n"
             "for (x in new G()) { }", OUT + "|" + MEM),
    _endless("wide range", "println((1G..100000000000000000000G).size())", OUT + "|" + MEM),
    _endless("method that is missing", "def methodMissing(String n, a) { \"x$n\"() }\nwhile (true) { try { foo() } catch (Throwable t) { } }"),
    ("step of nothing", "0.step(10, 0) { }", "Infinite loop", (1,)),
    # ---- memory
    _endless("doubled text", "def s = 'x'\nwhile (true) { s += s }", MEM),
    _endless("doubled text with a catch", "def s = 'x'\nwhile (true) { try { s += s } catch (Throwable t) { } }", MEM + "|" + OUT),
    _endless("doubled text in straight code", "def s = 'x' * 1000\n" + "s = s + s\n" * 60, MEM),
    _endless("doubled text builder", "def b = new StringBuilder('abc')\nwhile (true) { b.append(b.toString()) }", MEM),
    _endless("list", "def l = []\nwhile (true) { l << 'abc' }", MEM + "|" + OUT),
    _endless("lists in lists", "def l = []\nwhile (true) { l = [l, l] }", MEM + "|" + OUT),
    _endless("map", "def m = [:]\nint i = 0\nwhile (true) { m[i++] = i }", MEM + "|" + OUT),
    _endless("repeated text", "println(('x' * 2147483647).size())", MEM),
    _endless("repeated list", "println(([1] * 2147483647).size())", MEM),
    _endless("range as a list", "println((1..2000000000).toList().size())", MEM),
    _endless("range spread", "println([*1..2000000000].size())", MEM),
    _endless("range collected", "println((1..2000000000).collect { it }.size())", MEM + "|" + OUT),
    _endless("range joined", "println((1..2000000000).join(',').size())", MEM),
    _endless("format width", "println String.format('%999999999d', 1).size()", MEM),
    _endless("format precision", "println String.format('%.999999999f', 1.5d).size()", MEM),
    _endless("padLeft", "println 'x'.padLeft(2147483647).size()", MEM),
    _endless("center", "println 'x'.center(2147483647).size()", MEM),
    _endless("replace", "def s = 'x' * 10000\nprintln s.replace('x', s * 1000).size()", MEM),
    _endless("replaceAll", "def s = 'x' * 10000\nprintln s.replaceAll('x', s * 1000).size()", MEM),
    _endless("join", "def s = 'x' * 100000\nprintln(([s] * 100000).join(s).size())", MEM),
    _endless("array", "println(new int[2147483647].length)", MEM),
    _endless("arrays in arrays", "println(new Object[100000][100000].length)", MEM),
    _endless("combinations", "println(([(1..1000).toList()] * 5).combinations().size())", MEM),
    _endless("text builder length", "def b = new StringBuilder()\nb.setLength(2147483647)\nprintln b.length()", MEM),
    # ---- depth: an exception
    _caught("recursion", "def f(x) { f(x + 1) }", "f(1)"),
    ("recursion, not caught", "def f(x) { f(x + 1) }\nf(1)", SOE, (1,)),
    _caught("recursion of a closure", "def f\nf = { f(it + 1) }", "f(1)"),
    _caught("recursion through each", "def f(x) { [1].each { f(x + 1) } }", "f(1)"),
    _caught("recursion through sort", "def f(x) { [2, 1].sort { a, b -> f(x + 1); 0 } }", "f(1)"),
    _caught("recursion through toString", "class A { String toString() { \"${new A()}\" } }", "println new A().toString()"),
    _caught("recursion through equals", "class A { boolean equals(o) { new A() == new A() } }", "println(new A() == new A())"),
    _caught("recursion through hashCode", "class A { int hashCode() { [new A()].hashCode() } }", "println([(new A()): 1])"),
    _caught("recursion through compareTo", "class A implements Comparable { int compareTo(o) { [new A(), new A()].sort(); 0 } }",
            "println([new A(), new A()].sort().size())"),
    _caught("recursion of a lazy text", "def s\ns = \"${-> s.toString()}\"", "println s.toString()"),
    _caught("recursion of a property", "class A { def getX() { x } }", "println new A().x"),
    _caught("recursion of methodMissing", "class A { def methodMissing(String n, a) { foo(n) } }", "println new A().bar()"),
    _caught("recursion of propertyMissing", "class A { def propertyMissing(String n) { this.\"${n}x\" } }", "println new A().bar"),
    _caught("recursion of a constructor", "class A { A() { new A() } }", "println new A()"),
    _caught("recursion of an initial value", "class A { def a = new A() }", "println new A()"),
    ("static fields that need each other", "class A { static x = B.y }\nclass B { static y = A.x }\nprintln A.x", "null", (0,)),
    # ---- values that hold themselves, or share without end
    ("list that holds itself", "def l = [1]; l << l; println l", "this Collection", (0,)),
    ("map that holds itself", "def m = [a: 1]; m.m = m; println m", "this Map", (0,)),
    _caught("list that holds itself deeper", "def l = []; l << [l]", "println l.toString()"),
    _caught("equality of endless lists", "def l = []; l << l; def k = []; k << k", "println(l == k)"),
    _caught("hash of an endless list", "def l = []; l << l", "println l.hashCode()"),
    _caught("flatten of an endless list", "def l = []; l << l", "println l.flatten()"),
    _caught("JSON of an endless list", "def l = []; l << l", "println groovy.json.JsonOutput.toJson(l)"),
    _caught("text of a deep list", "def l = []; 20000.times { l = [l] }", "println l.toString().size()"),
    _caught("equality of deep lists", "def l = [], k = []; 20000.times { l = [l]; k = [k] }", "println(l == k)"),
    ("views of views", "def l = [1]; 300000.times { l = l.asImmutable() }; println l.size()", "1", (0,)),
    ("views of views of maps", "def m = [a: 1]; 200000.times { m = Collections.unmodifiableMap(m) }; println m.keySet()", r"\[a\]", (0,)),
    ("parts of parts", "def p = [1]; 100000.times { p = p.subList(0, 1) }; p.add(2); println p", r"\[1, 2\]", (0,)),
    ("turned again and again", "def t = new TreeMap(a: 1); 30000.times { t = t.descendingMap().headMap('a', true) }; println t", r"\[a:1\]", (0,)),
    _endless("a view that is always old", "def t = new TreeMap((1..50000).collectEntries { [it, it] })\ndef h = t.headMap(5)\n"
             "for (int i = 0; ; i++) { t.put(-i, i); h.size() }"),
    _caught("deep composition", "def f = { it }; 20000.times { f = f >> { it } }", "println f(1)"),
    _endless("text of a shared list", "def l = [1]; 40.times { l = [l, l] }; println l.toString().size()", OUT + "|" + MEM),
    _endless("hash of a shared list", "def l = [1]; 40.times { l = [l, l] }; println l.hashCode()"),
    _endless("equality of shared lists", "def l = [1], k = [1]; 40.times { l = [l, l]; k = [k, k] }; println(l == k)"),
    _endless("flatten of a shared list", "def l = [1]; 40.times { l = [l, l] }; println l.flatten().size()", OUT + "|" + MEM),
    _endless("JSON of a shared list", "def l = [1]; 40.times { l = [l, l] }; println groovy.json.JsonOutput.toJson(l).size()", OUT + "|" + MEM),
    _endless("shared text", "def l = 'x'; 40.times { l = \"$l$l\" }; println l.size()", OUT + "|" + MEM),
    _endless("exception that quotes a shared list", "def l = [1]; 40.times { l = [l, l] }; println((int) l)", OUT + "|" + MEM + "|Cannot cast"),
    # ---- work inside one call
    _endless("comparing long texts", "def a = 'x' * 1000000, b = 'x' * 1000000\nfor (i in 1..1000000) { a == b }"),
    ("searching a text that nearly matches", "def a = 'a' * 1000000, b = 'a' * 500000 + 'b'\nprintln a.indexOf(b)", "-1", (0,)),
    ("searching a wide text that nearly matches", "def a = '\\u4e00' * 300000, b = '\\u4e00' * 150000 + 'b'\nprintln a.indexOf(b)", "-1", (0,)),
    _endless("keys of one hash", "class K { int i; int hashCode() { 1 }\n boolean equals(o) { o.i == i } }\ndef m = [:]\n"
             "for (i in 1..20000) m[new K(i: i)] = 1\nprintln m.size()"),
    _endless("texts of one hash", "def a = ['Aa', 'BB'], k = ['']\n13.times { k = k.collectMany { x -> a.collect { x + it } } }\n"
             "def m = [:]\nk.each { m[it] = 1 }\nprintln m.size()"),
    ("list minus list", "def l = (1..100000).toList()\nprintln((l - l).size())", OUT + "|\n?0", (0, 1)),
    ("comparator that lies", "def i = 0\nprintln((1..1000).toList().sort { a, b -> (i++ % 3) - 1 }.size())", "1000", (0,)),
    ("list that changes while sorted", "def l = (1..1000).toList()\nl.sort { a, b -> l << 1; a <=> b }\nprintln 'done'", "done|Concurrent", (0, 1)),
    ("list that changes while read", "def l = [1]\ntry { l.each { l << it } } catch (ConcurrentModificationException e) { println 'CME' }", "CME", (0,)),
    # ---- numbers
    ("power of powers", "println 2 ** 1000000000", "ArithmeticException", (1,)),
    ("squares of squares", "def x = 2G\nwhile (true) { x = x * x }", "ArithmeticException|" + OUT, (1,)),
    ("factorial", "def x = 1G\nfor (i in 1..1000000) x *= i", OUT + "|ArithmeticException", (1,)),
    ("scale of a decimal", "println 1e1000000000 + 1", "ArithmeticException|" + OUT, (1,)),
    ("plain text of a decimal", "println 1e1000000.toPlainString().size()", "ArithmeticException", (1,)),
    ("whole number of a decimal", "println new BigDecimal('1e2147483647').toBigInteger()", "ArithmeticException", (1,)),
    ("powers of a decimal", "def x = 1.1\nwhile (true) { x = x * x }", "ArithmeticException|" + OUT, (1,)),
    # ---- regular expressions
    ("nested repetition", "println(('a' * 40 + 'b') ==~ /(a+)+/)", "takes too long", (1,)),
    ("nested repetition, split", "println(('a' * 40 + 'b').split(/(a+)+c/).size())", "takes too long|1", (0, 1)),
    ("optional repetition", "println(('a' * 30) ==~ ('(a?)' * 30 + 'a' * 30))", "takes too long|true", (0, 1)),
    ("groups in groups", "println java.util.regex.Pattern.compile('(' * 100000 + ')' * 100000)", "longer than|nest", (1,)),
    ("product of repetitions", "println('a' ==~ /a{1000}{1000}{1000}/)", "false|too|large", (0, 1)),
    ("every place of a long text", "println((('a' * 20000) =~ /(a+)+b/).find())", "takes too long|false|" + OUT, (0, 1)),
    # ---- texts of other languages
    ("deep JSON", "println new groovy.json.JsonSlurper().parseText('[' * 100000)", "nested deeper", (1,)),
    ("pretty printed JSON", "println groovy.json.JsonOutput.prettyPrint('[' * 100000 + ']' * 100000)", "nested deeper", (1,)),
    # ---- the world outside: not there
    ("file", "println new File('/etc/passwd').text", ABSENT, (1,)),
    ("address", "println new URL('file:///etc/passwd').text", ABSENT, (1,)),
    ("process", "println 'id'.execute().text", ABSENT, (1,)),
    ("exit", "System.exit(0)\nprintln 'still here'", ABSENT, (1,)),
    # There are no threads: the closure runs at once.
    ("thread", "Thread.start { println 'x' }", "x", (0,)),
    ("class loading", "println Class.forName('java.lang.Runtime').getRuntime().exec('id')", ABSENT, (1,)),
    ("runtime", "println Runtime.getRuntime()", ABSENT, (1,)),
    # Of this process, as groovy has it; in a run it is refused (tests/jenkinsfile).
    ("environment", "println System.getenv('PATH')", "/bin", (0,)),
    # ---- names that lead nowhere
    ("a class that is not there, in a signature", "class A { hudson.model.Run f(hudson.model.Run x) { g() } }\n"
     "try { new A().h(1) } catch (MissingMethodException e) { println 'missing' }", "missing", (0,)),
    # ---- literals beyond their suffix wrap around
    ("integers that are too long", "println 11111111111i\nprintln " + "1" * 200 + "i + " + "1" * 200 + "L\n"
     "println 11111111111111111111L\nprintln 0xFFFFFFFFFFFFFFFFL", "(?s)-1773790777.*-7335632962598440505\n-1", (0,)),
]
