"""Histories of collections: a list, map, set or array, views of it made on the way, and changes through any of them.

After each step all of them are printed, so that what a change did to the others shows; an exception by its class, as the
words of Java's own are those of one JDK.
"""

import random

SHOWN = [
    "String shownAll(all) { all.collect { k, v -> def t; try { t = v instanceof Map ? new LinkedHashMap(v).toString() : "
    "new ArrayList(v as List).toString() } catch (Throwable e) { t = e.class.simpleName }; \"$k=$t\".toString() }.join(' ') }",
]


class Views:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def int(self):
        return str(self.r.choice([-1, 0, 1, 2, 3, 4, 5, 6, 7, 9]))

    def index(self):
        return str(self.r.choice([0, 0, 1, 1, 2, 3, 4, -1]))

    def key(self):
        return self.r.choice(["'a'", "'b'", "'c'", "'d'", "'e'", "'f'", "'g'"])

    def ints(self, most=6):
        return "[" + ", ".join(str(self.r.randint(0, 9)) for _ in range(self.r.randint(0, most))) + "]"

    def case(self):
        """Lines; what is in `all` is printed after each."""
        first = self.r.choice(["list", "list", "list", "map", "sortedMap", "sortedSet", "set", "array"])
        kinds = {"v0": first}
        make = {
            "list": self.r.choice(["new ArrayList({})", "new ArrayList({})", "new LinkedList({})", "new Vector({})"]).format(self.ints(8)),
            "array": "Arrays.asList({} as Integer[])".format(self.ints(6)),
            "set": self.r.choice(["new LinkedHashSet({})", "new HashSet({})"]).format(self.ints()),
            "sortedSet": "new TreeSet({})".format(self.ints(8)),
            "map": self.r.choice(["new LinkedHashMap({})", "new HashMap({})"]).format(self.map()),
            "sortedMap": "new TreeMap({})".format(self.map()),
        }[first]
        lines = [f"all.v0 = {make}"]
        for number in range(1, self.r.randint(6, 14)):
            name = self.r.choice(list(kinds))
            kind = kinds[name]
            if self.r.random() < 0.3 and len(kinds) < 6:
                text, made = self.view(f"all.{name}", kind)
                new = f"v{len(kinds)}"
                lines.append(f"all.{new} = {text}")
                kinds[new] = made
            else:
                lines.append(self.change(f"all.{name}", kind, kinds))
        return lines

    def map(self):
        return "[" + (", ".join(f"{k}: {self.r.randint(0, 9)}" for k in self.r.sample("abcdefg", self.r.randint(1, 5)))) + "]"

    def view(self, of, kind):
        a, b = sorted([self.r.randint(0, 4), self.r.randint(0, 5)])
        k, m = sorted([self.key(), self.key()])
        i, j = sorted([self.r.randint(0, 9), self.r.randint(0, 9)])
        flag = self.r.choice(["true", "false"])
        rows = {
            "list": [(f"{of}.subList({a}, {b})", "list"), (f"{of}.subList({a}, {b})", "list"), (f"{of}.asImmutable()", "list"), (f"Collections.unmodifiableList({of})", "list")],
            "array": [(f"{of}.subList({a}, {b})", "list"), (f"{of}.asImmutable()", "list")],
            "set": [(f"{of}.asImmutable()", "set"), (f"Collections.unmodifiableSet({of})", "set"), (f"Collections.unmodifiableCollection({of})", "values")],
            "values": [(f"Collections.unmodifiableCollection({of})", "values")],
            "sortedSet": [(f"{of}.headSet({j})", "sortedSet"), (f"{of}.tailSet({i})", "sortedSet"), (f"{of}.subSet({i}, {j})", "sortedSet"), (f"{of}.descendingSet()", "sortedSet"),
                          (f"{of}.headSet({j}, {flag})", "sortedSet"), (f"{of}.tailSet({i}, {flag})", "sortedSet"), (f"{of}.subSet({i}, {flag}, {j}, true)", "sortedSet")],
            "map": [(f"{of}.keySet()", "set"), (f"{of}.values()", "values"), (f"{of}.entrySet()", "entries"), (f"{of}.asImmutable()", "map"), (f"Collections.unmodifiableMap({of})", "map")],
            "sortedMap": [(f"{of}.headMap({m})", "sortedMap"), (f"{of}.tailMap({k})", "sortedMap"), (f"{of}.subMap({k}, {m})", "sortedMap"), (f"{of}.descendingMap()", "sortedMap"),
                          (f"{of}.headMap({m}, {flag})", "sortedMap"), (f"{of}.tailMap({k}, {flag})", "sortedMap"), (f"{of}.subMap({k}, {flag}, {m}, true)", "sortedMap"),
                          (f"{of}.keySet()", "keys"), (f"{of}.navigableKeySet()", "keys"), (f"{of}.values()", "values"), (f"{of}.entrySet()", "entries"), (f"{of}.descendingKeySet()", "keys")],
            "entries": [(f"Collections.unmodifiableCollection({of})", "values")],
            "keys": [(f"{of}.headSet({m})", "keys"), (f"{of}.tailSet({k})", "keys"), (f"{of}.descendingSet()", "keys")],
        }
        return self.r.choice(rows[kind])

    def change(self, of, kind, kinds):
        i, n, k = self.index(), self.int(), self.key()
        other = "all." + self.r.choice(list(kinds))
        any_item = k if kind == "keys" else n
        collection = [
            f"{of}.clear()", f"{of}.remove((Object) {any_item})", f"{of}.removeAll([{any_item}, {n}])", f"{of}.retainAll([{any_item}, {n}, 1, 'b', 3])", f"{of}.size()", f"{of}.contains({any_item})",
            f"{of}.isEmpty()", f"{of}.iterator().with {{ next(); remove() }}", f"{of}.iterator().with {{ next(); next(); remove(); hasNext() }}", f"{of}.collect {{ it }}", f"{of}.join('-')",
            f"for (x in {of}) {{ if (x == {any_item}) {of}.remove((Object) {any_item}) }}", f"for (x in {of}) {{ {other}.size() }}", f"{of}.toList()", f"{of} == {other}", f"{of}.hashCode()", f"{of}.toString()",
            f"\"${{{of}}}\"", f"{of} ? 1 : 2", f"{of}.find {{ it == {any_item} }}", f"[{of}, 1].toString()", f"groovy.json.JsonOutput.toJson({of} as List)", f"{of}.plus({other})", f"{of}.minus({other})",
            f"{of}.containsAll({other})", f"{of}.removeAll {{ it == {any_item} }}", f"{of}.inspect()", f"{of}.toArray().length", f"{of}.count({any_item})", f"{of}.first()", f"{of}.max()",
        ]
        adds = [f"{of}.add({any_item})", f"{of} << {any_item}", f"{of}.addAll([{any_item}, {n}])", f"{of}.addAll({other})"]
        lists = adds + [
            f"{of}[{i}] = {n}", f"{of}.set({i}, {n})", f"{of}.get({i})", f"{of}[{i}]", f"{of}.add({i}, {n})", f"{of}.remove({i})", f"{of}.removeAt({i})", f"{of}.sort()", f"{of}.sort {{ -it }}",
            f"{of}.sort(false)", f"Collections.reverse({of})", f"Collections.swap({of}, 0, {i})", f"Collections.fill({of}, {n})", f"Collections.rotate({of}, {i})", f"{of}.addAll({i}, [{n}, 8])", f"{of}.pop()",
            f"{of}.push({n})", f"{of}.reverse()", f"{of}.reverse(true)", f"{of}.unique()", f"{of}[0..1] = [{n}]", f"{of}[0..{i}]", f"{of}.indexOf({n})", f"{of}.listIterator().with {{ next(); set({n}); add({n}) }}",
            f"{of}.swap(0, {i})", f"{of}.take(2)", f"{of}.last()", f"{of}.equals({other})", f"Collections.sort({of})", f"{of}.subList(0, 1).clear()", f"{of}.lastIndexOf({n})", f"{of}.eachWithIndex {{ e, x -> e }}",
        ]
        maps = [
            f"{of}.put({k}, {n})", f"{of}[{k}] = {n}", f"{of}.{k.strip(chr(39))} = {n}", f"{of}.get({k})", f"{of}.{k.strip(chr(39))}", f"{of}.remove({k})", f"{of}.clear()", f"{of}.size()", f"{of}.containsKey({k})",
            f"{of}.containsValue({n})", f"{of}.putAll([a: {n}, c: 1])", f"{of}.entrySet().iterator().next().setValue({n})", f"{of}.each {{ it.value = it.value + 1 }}", f"{of}.keySet().remove({k})",
            f"{of}.values().remove({n})", f"{of}.keySet().retainAll(['a', 'c', 'e'])", f"{of}.entrySet().removeAll {{ it.value == {n} }}", f"{of} == {other}", f"{of}.hashCode()", f"{of}.toString()", f"{of}.collect {{ it.key }}",
            f"{of}.get({k}, {n})", f"{of}.putIfAbsent({k}, {n})", f"{of}.findAll {{ it.value > 3 }}", f"{of} + [b: {n}]", f"{of}.replaceAll {{ x, y -> y + 1 }}", f"{of}.computeIfAbsent({k}) {{ {n} }}", f"{of}.remove({k}, {n})",
            f"for (e in {of}) {{ if (e.key == {k}) {of}.remove({k}) }}", f"{of}.sort {{ -it.value }}", f"{of}.isEmpty()", f"{of} ? 1 : 2", f"{of}.inspect()", f"[{of}].toString()", f"groovy.json.JsonOutput.toJson({of})", f"{of} << [d: {n}]",
        ]
        if kind in ("list", "array"):
            return self.r.choice(collection + lists + lists)
        if kind == "map":
            return self.r.choice(maps)
        if kind == "sortedMap":
            return self.r.choice(maps + [f"{of}.firstKey()", f"{of}.lastKey()", f"{of}.floorKey({k})", f"{of}.ceilingKey({k})", f"{of}.higherEntry({k})", f"{of}.lowerKey({k})", f"{of}.pollFirstEntry()",
                                         f"{of}.pollLastEntry()", f"{of}.firstEntry()?.key", f"{of}.descendingMap().firstKey()"])
        if kind in ("sortedSet", "keys"):
            return self.r.choice(collection + adds + [f"{of}.first()", f"{of}.last()", f"{of}.floor({any_item})", f"{of}.ceiling({any_item})", f"{of}.higher({any_item})", f"{of}.lower({any_item})",
                                                      f"{of}.pollFirst()", f"{of}.pollLast()", f"{of}.descendingIterator().next()"])
        if kind == "set":
            return self.r.choice(collection + adds)
        # These are equal to themselves only, and say so by their place in memory.
        return self.r.choice([c for c in collection if "hashCode" not in c and "==" not in c])


def lines(body, number):
    out = [f"def case{number}() {{", "    def all = [:]", "    def log = []"]
    for line in body:
        if line.startswith("for (") or " = " in line.split("(")[0]:
            out.append(f"    try {{ {line} }} catch (Throwable e) {{ log << e.class.simpleName }}")
        else:
            out.append(f"    try {{ def r = {line}; log << (r instanceof Iterator || r instanceof Collection || r instanceof Map ? 'done' : \"$r\".toString()) }} catch (Throwable e) {{ log << e.class.simpleName }}")
        out.append("    log << shownAll(all)")
    return out + [f"    println '{number}: ' + log.join('; ')", "}", f"try {{ case{number}() }} catch (Throwable e) {{ println '{number}: ' + e.class.name }}"]
