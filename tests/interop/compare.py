#!/usr/bin/env python3
"""Runs random programs with the real Groovy and with Windlass and compares what they print.

usage: tests/interop/compare.py [--seconds N] [--seed N] [--windlass PROGRAM] [--all]

The first difference is made as small as possible and printed with its seed, which makes the same case again; --all goes
on and lists every difference unshrunk. The exit code is 1 when there was one.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import generate

HERE = Path(__file__).resolve().parent
DRIVER = HERE.parent / "groovy" / "driver.groovy"
OPTIONS = "-Duser.timezone=UTC -Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
EXPRESSIONS, STATEMENTS, FILES = 30, 4, 12


def run_groovy(files):
    environment = dict(os.environ, JAVA_HOME=os.environ.get("JAVA_HOME", "/usr"), JAVA_OPTS=OPTIONS)
    subprocess.run(["groovy", str(DRIVER), "write", *map(str, files)], env=environment, check=True, stdout=subprocess.DEVNULL)
    return [f.with_suffix(".out").read_text("utf-8") for f in files]


def run_windlass(program, files):
    def one(file):
        try:
            done = subprocess.run([program, "groovy", str(file)], capture_output=True, timeout=60, env=dict(os.environ, TZ="UTC"))
        except subprocess.TimeoutExpired:
            return "does not end\n"
        text = done.stdout.decode("utf-8", "replace")
        return text + (f"exit {done.returncode}: {done.stderr.decode('utf-8', 'replace')[:500]}\n" if done.returncode else "")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(one, files))


def by_number(text):
    """Output of a program, case by case: a value may hold line breaks."""
    out, number = {}, None
    for line in text.split("\n"):
        found = re.match(r"(\d+): ", line)
        if found:
            number = int(found.group(1))
            out[number] = line[found.end():]
        elif number is not None:
            out[number] += "\n" + line
    return {n: v.rstrip("\n") for n, v in out.items()}


class Both:
    """The two evaluators over programs in a temporary folder."""

    def __init__(self, windlass, folder):
        self.windlass, self.folder, self.count = windlass, Path(folder), 0

    def run(self, programs):
        files = []
        for lines in programs:
            self.count += 1
            file = self.folder / f"p{self.count}.groovy"
            file.write_text("\n".join(lines) + "\n", "utf-8")
            files.append(file)
        return list(zip(run_groovy(files), run_windlass(self.windlass, files)))

    def differing(self, cases):
        """Which of the cases (lists of lines for number 0) differ when run alone."""
        return [by_number(a) != by_number(b) for a, b in self.run(cases)]


def smaller_expressions(node):
    """Trees one step smaller."""
    g = generate.Generator(1)
    out = []

    def walk(at, replace):
        for child in at.children:
            if child.kind == at.kind:
                out.append(replace(child.copy()))
        if at.children and at.kind not in ("word", "pattern", "small"):
            for _ in range(2):
                out.append(replace(g.leaf(at.kind)))
        for i, child in enumerate(at.children):
            def put(new, i=i):
                copy = at.copy()
                copy.children[i] = new
                return replace(copy)
            walk(child, put)

    walk(node, lambda new: new)
    return sorted((n for n in out if n.size() < node.size()), key=lambda n: n.size())[:40]


def smaller_bodies(body):
    """Statement bodies without one line or one block."""
    out = []
    for i, line in enumerate(body):
        if not line.strip().startswith("}"):
            depth, end = 0, i
            for j in range(i, len(body)):
                depth += body[j].count("{") - body[j].count("}")
                if depth <= 0:
                    end = j
                    break
            out.append(body[:i] + body[end + 1:])
            if end > i:
                out.append(body[:i] + body[i + 1:end] + body[end + 1:])
    return sorted((b for b in out if b), key=len)[:40]


def shrink(both, case, smaller, lines_of):
    for _ in range(12):
        candidates = smaller(case)
        if not candidates:
            break
        differs = both.differing([lines_of(c, 0) for c in candidates])
        found = next((c for c, d in zip(candidates, differs) if d), None)
        if found is None:
            break
        case = found
    return case


def report(seed, lines, groovy, windlass):
    print(f"difference, seed {seed}:")
    print("\n".join("    " + line for line in lines))
    print(f"  Groovy:   {groovy}\n  Windlass: {windlass}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments.add_argument("--windlass", default=str(HERE.parent.parent / "build/release/windlass"))
    arguments.add_argument("--all", action="store_true")
    options = arguments.parse_args()
    print(f"random programs from seed {options.seed}", flush=True)
    end, seed, cases, differences = time.monotonic() + options.seconds, options.seed, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        both = Both(options.windlass, folder)
        while time.monotonic() < end:
            programs, made = [], []
            for _ in range(FILES):
                lines, here = [], {}
                for number in range(EXPRESSIONS + STATEMENTS):
                    seed += 1
                    if number < EXPRESSIONS:
                        case = generate.expression_case(seed)
                        lines += generate.expression_lines(case, number)
                    else:
                        case = generate.Generator(seed).statement_case()
                        lines += generate.statement_lines(case, number)
                    here[number] = (seed, case)
                programs.append(lines)
                made.append(here)
            for here, (a, b) in zip(made, both.run(programs)):
                left, right = by_number(a), by_number(b)
                cases += len(here)
                for number, (case_seed, case) in here.items():
                    if left.get(number) == right.get(number):
                        continue
                    differences += 1
                    is_expression = number < EXPRESSIONS
                    lines_of = generate.expression_lines if is_expression else generate.statement_lines
                    if options.all:
                        shown = [case.render()] if is_expression else case
                        report(case_seed, shown, left.get(number), right.get(number))
                        continue
                    case = shrink(both, case, smaller_expressions if is_expression else smaller_bodies, lines_of)
                    (a, b), = both.run([lines_of(case, 0)])
                    report(case_seed, [case.render()] if is_expression else case, by_number(a).get(0, a), by_number(b).get(0, b))
                    sys.exit(1)
    print(f"{cases} cases, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
