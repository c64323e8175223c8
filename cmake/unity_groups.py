#!/usr/bin/env python3
"""Makes a few large units of the sources of one target, for cmake/Module.cmake, and prints their paths.

usage: unity_groups.py LIMIT UNIT_PREFIX FILE…

What two files declare for themselves (unnamed namespaces, static, using, #define) must have different names in one unit, and so
must what one declares for itself and another says as a namespace or type of the same unit; they open the same namespaces. Each file joins the first group
with which it shares no such name and that stays below LIMIT bytes of source; constants (kName) are renamed by the unit
instead. The sources are formatted (./dev fmt), so that declarations begin in the first column. A unit that is as it was is not written again.
"""
import re
import sys
from pathlib import Path

NOT_NAMES = {"if", "for", "while", "switch", "return", "operator", "noexcept", "requires", "decltype", "sizeof", "alignas", "const"}
KIND = re.compile(r"^(?:template\s*<.*>\s*)?(?:struct|class|enum class|enum|union|concept)\s+(?:\[\[\w+\]\]\s+)?(\w+)")
PLAIN_ENUM = re.compile(r"^enum (?!class).*\{$")
CONSTANT = re.compile(r"\b(\w+)(?=\s*(?:[,=]|$))")
ALIAS = re.compile(r"^(?:using|namespace)\s+(\w+)\s*=")
USING = re.compile(r"^using\s+(?:namespace\s+)?(?:\w+::)*(\w+);")
USING_ALL = re.compile(r"(?m)^using namespace ([\w:]+);")
MACRO = re.compile(r"^#\s*define\s+(\w+)")
CALLABLE = re.compile(r"(\w+)\(")
VALUE = re.compile(r"(\w+)(?:\[[^\]]*\])*\s*(?:=|\{|;)")


def own_names(path, text):
    """The names that a file declares for itself alone; those that may be said twice (aliases) with what they mean."""
    names, unnamed, constants = {"using namespace": tuple(sorted(USING_ALL.findall(text)))}, False, False
    for line in text.splitlines():
        if constants:
            names.update({name: path for name in CONSTANT.findall(line.partition("//")[0])})
            constants = not line.endswith("};")
        if line.startswith("namespace {"):
            unnamed = True
        elif line.startswith("}  // namespace") and line.strip() == "}  // namespace":
            unnamed = False
        elif found := USING.match(line) or ALIAS.match(line):
            names[found[1]] = line
        elif found := MACRO.match(line):
            if f"#undef {found[1]}\n" not in text:
                names[found[1]] = line
        elif not line or not (line[0].isalpha() or line[0] in "[_") or not (unnamed or line.startswith(("static ", "inline ", "TEST"))):
            continue
        elif line.startswith("TEST"):
            names[line] = path
        elif found := KIND.match(line):
            names[found[1]] = path
            constants = bool(PLAIN_ENUM.match(line))
        else:
            for form in (CALLABLE, VALUE):
                found = [name for name in form.findall(line) if name not in NOT_NAMES]
                if found:
                    names[found[0]] = path
                    break
    return names


WORD = re.compile(r"(?<![:\w])[A-Z]\w*")


def borrowed_names(text):
    """Names that `using other::Name;` brings into the file's namespace: to another file they may mean something else."""
    return {found[1]: line for line in text.splitlines() if (found := USING.match(line)) and "namespace" not in line}


def disturbs(borrowed, own, words):
    """Whether a file with these words, which borrows `own`, would read a name that `borrowed` has as another one."""
    return any(name in words and own.get(name) != line for name, line in borrowed.items())


def is_constant(name):
    return re.match(r"k[A-Z]\w*$", name) is not None


def unit_text(files):
    """Includes the files; a constant that an earlier one has too gets a name of its own."""
    out, seen = [], set()
    for number, (path, names) in enumerate(files):
        renamed = sorted(name for name in names if is_constant(name) and name in seen)
        out += [f"#define {name} {name}_{number}" for name in renamed]
        out.append(f'#include "{path}"')
        out += [f"#undef {name}" for name in renamed]
        seen |= set(names)
    return "\n".join(out) + "\n"


def main():
    limit, prefix, groups = int(sys.argv[1]), sys.argv[2], []
    for path in sorted(sys.argv[3:]):
        text = Path(path).read_text()
        names, size = own_names(path, text), len(text)
        shared = {name: what for name, what in names.items() if not is_constant(name)}
        borrowed, words = borrowed_names(text), set(WORD.findall(text))
        for group in groups:
            if (group["size"] + size <= limit and all(group["names"].get(name, what) == what for name, what in shared.items())
                    and not any(disturbs(borrowed, other, said) or disturbs(other, borrowed, words) for other, said in group["words"])):
                break
        else:
            group = {"size": 0, "names": {}, "files": [], "words": []}
            groups.append(group)
        group["words"].append((borrowed, words))
        group["size"] += size
        group["names"] |= shared
        group["files"].append((path, names))
    Path(prefix).parent.mkdir(parents=True, exist_ok=True)
    for number, group in enumerate(groups):
        unit, text = Path(f"{prefix}_{number}.cc"), unit_text(group["files"])
        if not unit.exists() or unit.read_text() != text:
            unit.write_text(text)
        print(unit)


if __name__ == "__main__":
    main()
