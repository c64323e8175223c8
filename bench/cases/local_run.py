"""Goal 3: from the start of the process to the end of a Declarative pipeline with one `sh 'echo hi'`, without a server, beside
the smallest thing that the JVM's Groovy can do. The state folder is one that has been used before, as a person's is, but longer ago
than an agent waits for further work: each run starts its own. Every entry of the journal is durable before what relies on it, nine syncs in all; what
one takes on this disk is the last row. Ours runs three times a round, because it is short."""
from harness import Row

HELLO = """pipeline {
    agent any
    stages { stage('Hello') { steps { sh 'echo hi' } } }
}
"""


AGENT_IS_GONE = 2.5  # seconds


def measure(bench):
    folder = bench.jenkinsfile("hello", HELLO)
    ours = bench.run_command(folder)
    first = bench.once(ours)
    ours_wall, groovy = bench.together(ours, ["groovy", "-e", "println 1"], often=3, pause=AGENT_IS_GONE)
    yield Row("hello pipeline, whole process", ours_wall * 1e3, "ms", "groovy -e 'println 1'", groovy * 1e3, 0.02, "3")
    in_memory = bench.run_command(folder, in_memory=True)
    bench.once(in_memory)
    ours_wall, groovy = bench.together(in_memory, ["groovy", "-e", "println 1"], often=3, pause=AGENT_IS_GONE)
    yield Row("the same, its state in memory", ours_wall * 1e3, "ms", "groovy -e 'println 1'", groovy * 1e3)
    again = bench.median(ours)
    yield Row("again at once, its agent still there", again.wall * 1e3, "ms")
    yield Row("CPU time of the program in it", again.cpu * 1e3, "ms")
    yield Row("the first one in a new state folder", first.wall * 1e3, "ms")
    yield Row("peak memory of it", again.peak_kib / 1024, "MiB")
    durable = bench.opponent("durable")
    yield Row("for comparison: one durable 4 KiB append",
              bench.median([durable, str(bench.scratch / "appends"), "200"]).wall / 200 * 1e3, "ms")


REMARKS = """What decides the first row is the disk. Nine syncs follow one another: the run's file, its folder and its job's; for the first commit
the log and its folder; three further commits, the last folded into the file. Where one takes 0.2 ms, as on an idle disk of this kind, they are
2 ms; the last row says what one took here. The program itself executes about 9 million instructions. It took 44 million, and loaded some thirty shared libraries, before the build compiled the
preludes and linked them, and 17 before it made the index of their methods too."""
