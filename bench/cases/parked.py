"""Goal 7, the engine's own part: bytes that a run holds while it waits, thousands of them in one process with journals that forget.
`live` is a run as it came to its wait, `parked` after the evaluator gave back caches and garbage. What a server keeps besides (an open
journal, a row of a list) is the server's. The opponent is what groovy-cps, Jenkins' engine, was measured to add per run in the same
situation, 488 KiB; it is not run again here. The last row is what it takes to have a run back that was put aside altogether: from its
text to the same wait, with the code shared."""
from harness import Row

PARKED = """stage('Build') {
    withEnv(['TARGET=release', 'LEVEL=2']) {
        def parts = ['core', 'web', 'docs']
        def sizes = [:]
        for (part in parts) {
            echo "building ${part}"
            sizes[part] = part.length() * 2
        }
        def total = sizes.values().sum()
        if (total > 3) {
            echo "total ${total}"
        }
        for (int i = 0; i < 3; i++) {
            stage("Wait ${i}") {
                sleep time: 1, unit: 'HOURS'
            }
        }
    }
}
"""
RUNS = 5000
GROOVY_CPS_KIB = 488


def measure(bench):
    folder = bench.jenkinsfile("parked", PARKED)
    figures = {}
    for mode in ("live", "parked"):
        command = [str(bench.binaries / "windlass_parked_bench"), mode, str(RUNS), str(folder / mode), str(folder / "Jenkinsfile")]
        figures[mode] = [float(word) for word in bench.median(command).output.split()]
    yield Row("a run that waits, as it came there", figures["live"][0], "KiB")
    yield Row("a parked run", figures["parked"][0], "KiB", "groovy-cps, measured once", GROOVY_CPS_KIB, 10 / GROOVY_CPS_KIB, "7")
    yield Row("a run back from its text to its wait", figures["live"][1], "ms", limit=50, goal="7")


REMARKS = """What a parked run still holds are tables of the prelude files that it has used (constants, functions, classes: a quarter), the evaluator's heap, which grows by
4 and 8 KiB (a quarter), its frames, scopes and flow (a quarter), and what it was given. Ten KiB cannot be reached this way: a run must be put aside whole, which keeps
nothing here, and the last row says that having it back takes well under a millisecond and the reading of its journal."""
