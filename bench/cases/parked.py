"""Goal 7: memory of a run that waits. A server is given ten thousand runs that stop at an `input`; they leave memory, and what it has
grown by, objects, lists and all, is divided among them, less the first hundred, which make what all share. The opponent is what
groovy-cps, Jenkins' engine, was measured to add per run in the same situation, 488 KiB; it is not run again here. Then two hundred of them
are answered: the time is from the request to its acknowledgement, for which the run is read back from its journal and the answer is
durable in it. The rows below are the engine's own part, in a program without disk: a run as it came to its wait, the same after the
evaluator gave back caches and garbage (runs that waited less than half a minute), and what it takes from a text to the wait, with the code
shared."""
import random
import statistics

from harness import Row
from server import BenchServer

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
ASKS = PARKED.replace("sleep time: 1, unit: 'HOURS'", "input 'go on?'")
RUNS = 5000
ON_SERVER = 10000
WARM = 100
ANSWERED = 200
GROOVY_CPS_KIB = 488


def on_server(bench):
    """KiB per parked run, answers in seconds."""
    server = BenchServer(bench, "parked-server", "--park-after", "1")
    try:
        server.pipeline("asks", ASKS)
        server.begin("asks", WARM)
        server.parked(WARM)
        before = server.resident_kib()
        server.begin("asks", ON_SERVER)
        server.parked(WARM + ON_SERVER)
        each = (server.resident_kib() - before) / ON_SERVER
        chosen = random.Random(7).sample(range(1, WARM + ON_SERVER), ANSWERED)
        answers = [server.answer("asks", number, server.view("asks", number)) for number in chosen]
    finally:
        server.kill()
    return each, answers


def measure(bench):
    each, answers = on_server(bench)
    yield Row("a parked run on the server", each, "KiB", "groovy-cps, measured once", GROOVY_CPS_KIB, 10 / GROOVY_CPS_KIB, "7")
    yield Row("a parked run answered, p50", statistics.median(answers) * 1000, "ms", limit=50, goal="7")
    yield Row("a parked run answered, p99", statistics.quantiles(answers, n=100)[98] * 1000, "ms", limit=50, goal="7")
    folder = bench.jenkinsfile("parked", PARKED)
    figures = {}
    for mode in ("live", "parked"):
        command = [str(bench.binaries / "windlass_parked_bench"), mode, str(RUNS), str(folder / mode), str(folder / "Jenkinsfile")]
        figures[mode] = [float(word) for word in bench.median(command).output.split()]
    yield Row("in memory: a run as it came to its wait", figures["live"][0], "KiB")
    yield Row("in memory: after it gave back what it can", figures["parked"][0], "KiB", "groovy-cps, measured once", GROOVY_CPS_KIB)
    yield Row("a run from its text to its wait", figures["live"][1], "ms", limit=50, goal="7")


REMARKS = """What a run in memory holds are tables of the prelude files that it has used (constants, functions, classes: a quarter), the evaluator's heap, which
grows by 4 and 8 KiB (a quarter), its frames, scopes and flow (a quarter), and what it was given. After half a minute nothing of that is left: the server
keeps what the run waits for, who it is and what it holds; the rest is its journal. The row of the server contains its object of the Kubernetes protocol."""
