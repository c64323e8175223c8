"""Goal 6: twelve small programs (bench/groovy) as whole processes, `windlass groovy` beside Apache Groovy. Both must print the same.
Half of Groovy's time is its start, which is the point: these are the sizes that pipelines have. A long numeric loop is the JVM's, see
the last rows. The comparison with groovy-cps, the interpreter inside Jenkins, needs a build of it and is not repeated here; what it was once is in the remarks."""
import math
import re
import statistics
import sys

from harness import HERE, Row


def both_print_the_same(bench, ours, theirs, name):
    if bench.once(ours).output != bench.once(theirs).output:
        sys.exit(f"bench: {name} prints something else than Groovy does")


def measure(bench):
    ratios = []
    for script in sorted((HERE / "groovy").glob("*.groovy")):
        ours, theirs = [bench.windlass, "groovy", str(script)], ["groovy", str(script)]
        both_print_the_same(bench, ours, theirs, script.name)
        ours_wall, groovy = bench.together(ours, theirs)
        row = Row(f"Groovy program {script.stem}", ours_wall * 1e3, "ms", "Apache Groovy", groovy * 1e3, 0.6, "6")
        ratios.append(row.ratio)
        yield row
    mean = math.exp(statistics.fmean(math.log(r) for r in ratios))
    yield Row("all of them, geometric mean", mean, "", "Apache Groovy", 1.0, 0.25, "6")
    # What a JIT is for: the same loops, twenty times as long.
    text = (HERE / "groovy" / "loops.groovy").read_text()
    longer = bench.scratch / "longer.groovy"
    longer.write_text(re.sub(r"\b(200000|300000)\b", lambda m: m.group() + " * 20", text))
    ours, theirs = [bench.windlass, "groovy", str(longer)], ["groovy", str(longer)]
    both_print_the_same(bench, ours, theirs, longer.name)
    ours_wall, groovy = bench.together(ours, theirs)
    yield Row("loops, twenty times as long", ours_wall * 1e3, "ms", "Apache Groovy", groovy * 1e3)


REMARKS = """Loops that run for seconds are the JVM's: its compiler has had the time to make machine code of them. groovy-cps 1.31, the interpreter inside Jenkins,
was measured by hand, once, both in the same run, on programs of these kinds that run longer: calls 12.2 s beside 0.06 s of ours, loops 30.4 beside 0.82, strings
8.4 beside 0.16, objects 8.1 beside 0.20, queens 2.95 beside 0.041. Ours are whole processes. The geometric mean is 1/65; the mark for it is 1/20."""
