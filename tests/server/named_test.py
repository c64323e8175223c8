#!/usr/bin/env python3
"""What the pages promise has a test that names it: each threat of docs/security.md, each ill of docs/compat/kubesphere.md.

usage: named_test.py
"""
import pathlib
import re

from harness import Checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
check = Checks()


def rows_of(page, heading):
    text = (ROOT / page).read_text().split("## " + heading, 1)[1].split("\n## ", 1)[0]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and not set(cells[0]) <= set("- ") and cells[2] not in ("test", "tests"):
            yield cells


def text_of(name):
    found = [path for part in ("tests", "src") for path in (ROOT / part).rglob(name)]
    check(f"there is one {name}", len(found) == 1, found)
    return found[0].read_text() if found else ""


def main():
    ills = []
    for what, here, tests in rows_of("docs/compat/kubesphere.md", "Ills of the original"):
        number = int(what.split()[0])
        ills.append(number)
        names = re.findall(r"[\w.]+\.(?:py|cc)", tests)
        check(f"ill {number} has a test, or says why not", names or here.startswith(("later", "[benchmarks]")), here)
        for name in names:
            check(f"{name} names ill {number}", re.search(rf"\b[Ii]ll[ _]?{number}(?!\d)", text_of(name)), what)
    check("all ills are there", ills == list(range(1, 33)), ills)
    threats = []
    for what, _, tests in rows_of("docs/security.md", "Threats of the server"):
        numbers = re.findall(r"T\d\d", what)
        threats += numbers
        names = re.findall(r"[\w.]+\.(?:py|cc)", tests)
        check(f"{numbers} has a test", names, what)
        texts = {name: text_of(name) for name in names}
        for number in numbers:
            check(f"a test names {number}", any(re.search(rf"\b{number}\b", text) for text in texts.values()), (what, names))
    wanted = ["T%d" % n for n in (*range(46, 57), 60, 61, *range(65, 73))]
    check("all threats of the server are there", set(wanted) <= set(threats), sorted(set(wanted) - set(threats)))
    check.end()


main()
