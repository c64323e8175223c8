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
import programs
import rows
import views

HERE = Path(__file__).resolve().parent
DRIVER = HERE.parent / "groovy" / "driver.groovy"
OPTIONS = "-Duser.timezone=UTC -Duser.language=en -Duser.country=US -Dfile.encoding=UTF-8 -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
EXPRESSIONS, STATEMENTS, VIEWS, FILES, PROGRAMS = 30, 4, 4, 12, 40
NAMED = [*rows.PRELUDE, *programs.PRELUDE, *views.SHOWN]  # what the cases call


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
    # Where an object lies is no behaviour; nor is how the compiler counts closures, which its class names show.
    return {n: re.sub(r"(?<=[\w\]])@[0-9a-f]{1,8}\b", "@#", re.sub(r"_closure\d+", "_closure", v.rstrip("\n"))) for n, v in out.items()}


class Both:
    """The two evaluators over programs in a temporary folder."""

    def __init__(self, windlass, folder):
        self.windlass, self.folder, self.count = windlass, Path(folder), 0

    def run(self, programs):
        files = []
        for lines in programs:
            self.count += 1
            file = self.folder / f"p{self.count}.groovy"
            file.write_text("\n".join([*NAMED, *lines]) + "\n", "utf-8")
            files.append(file)
        return list(zip(run_groovy(files), run_windlass(self.windlass, files)))

    def differing(self, cases):
        """Which of the cases (lists of lines for number 0) differ when run alone."""
        return [not refused(a) and by_number(a) != by_number(b) for a, b in self.run(cases)]


def smaller_expressions(node):
    """Trees one step smaller."""
    g = generate.Generator(1)
    out = []

    def walk(at, replace):
        for child in at.children:
            if child.kind == at.kind:
                out.append(replace(child.copy()))
        if at.children and at.kind not in ("word", "pattern", "small") and at.kind not in rows.LEAVES:
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


class Case:
    """One case: what kind it is, how it is written with a number, and what smaller ones there are."""

    def __init__(self, seed, kind, body=None):
        self.seed, self.kind, self.body = seed, kind, body
        if body is not None:
            return
        if kind == "expression":
            self.body = generate.expression_case(seed)
        elif kind == "statement":
            self.body = generate.Generator(seed).statement_case()
        elif kind == "views":
            self.body = views.Views(seed).case()
        else:
            self.body = programs.Programs(seed).case()

    def lines(self, number):
        maker = {"expression": generate.expression_lines, "statement": generate.statement_lines, "program": programs.lines, "views": views.lines}
        return maker[self.kind](self.body, number)

    def shown(self):
        return [self.body.render()] if self.kind == "expression" else self.body

    def smaller(self):
        bodies = smaller_expressions(self.body) if self.kind == "expression" else smaller_bodies(self.body)
        return [Case(self.seed, self.kind, body) for body in bodies]


def shrink(both, case):
    for _ in range(12):
        candidates = case.smaller()
        if not candidates:
            break
        differs = both.differing([c.lines(0) for c in candidates])
        found = next((c for c, d in zip(candidates, differs) if d), None)
        if found is None:
            break
        case = found
    return case


def report(seed, lines, groovy, windlass):
    print(f"difference, seed {seed}:")
    print("\n".join("    " + line for line in lines))
    print(f"  Groovy:   {groovy}\n  Windlass: {windlass}", flush=True)


def refused(output):
    return "MultipleCompilationErrorsException" in output


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments.add_argument("--windlass", default=str(HERE.parent.parent / "build/release/windlass"))
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--kind", choices=["expression", "statement", "program", "views"], help="only cases of this kind")
    options = arguments.parse_args()
    print(f"random programs from seed {options.seed}", flush=True)
    end, seed, cases, differences = time.monotonic() + options.seconds, options.seed, 0, 0
    plan = [["expression"] * EXPRESSIONS + ["statement"] * STATEMENTS + ["views"] * VIEWS] * FILES + [["program"]] * PROGRAMS
    if options.kind:
        plan = [[k for k in kinds if k == options.kind] for kinds in plan if options.kind in kinds]
    with tempfile.TemporaryDirectory() as folder:
        both = Both(options.windlass, folder)
        while time.monotonic() < end:
            files = []
            for kinds in plan:
                files.append([Case(seed + i + 1, kind) for i, kind in enumerate(kinds)])
                seed += len(kinds)
            pending = files
            while pending:
                answers = both.run([[line for i, case in enumerate(here) for line in case.lines(i)] for here in pending])
                again = []
                for here, (a, b) in zip(pending, answers):
                    if refused(a):
                        # One case of the file does not compile: each by itself. Which programs are refused is not compared.
                        again += [[case] for case in here] if len(here) > 1 else []
                        continue
                    left, right = by_number(a), by_number(b)
                    cases += len(here)
                    for number, case in enumerate(here):
                        if left.get(number) == right.get(number) and not refused(b):
                            continue
                        differences += 1
                        if options.all:
                            report(case.seed, case.shown(), left.get(number), right.get(number, b))
                            continue
                        case = shrink(both, case)
                        (a, b), = both.run([case.lines(0)])
                        report(case.seed, case.shown(), by_number(a).get(0, a), by_number(b).get(0, b))
                        sys.exit(1)
                pending = again
    print(f"{cases} cases, {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
