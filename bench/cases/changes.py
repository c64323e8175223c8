"""Goal 11: changes of state that a server makes durable for a thousand runs at once. All wait until the same moment. Then each asks for the same number
of timers of no length, one after the other; each is two entries of its journal (asked, fired), and the next begins when the last is on disk. The opponent puts as many rows
of 200 bytes into one SQLite table, durable a hundred at a time: it knows no runs, no order and no checksums."""
import subprocess
import time

from harness import Row
from server import BenchServer

RUNS, TIMERS, ENTRIES = 1000, 50, 2
SCRIPT = f"""sleep time: (params.AT as long) - System.currentTimeMillis(), unit: 'MILLISECONDS'
for (int i = 0; i < {TIMERS}; i++) {{ sleep 0 }}
"""


def ours(bench, round_number):
    server = BenchServer(bench, f"changes-server-{round_number}", "--park-after", "3600")
    try:
        server.pipeline("changes", SCRIPT, AT="0")
        began = time.monotonic()
        server.begin("changes", 100, AT="0")
        at = time.time() + (time.monotonic() - began) / 100 * RUNS * 2 + 5
        server.begin("changes", RUNS, AT=str(int(at * 1000)))
        server.until(lambda: server.metrics()['windlass_runs{phase="running"}'] == RUNS)
        if time.time() > at - 1:
            raise SystemExit("bench: the runs did not all begin in time")
        time.sleep(at - time.time())
        server.until(lambda: server.metrics()['windlass_runs{phase="running"}'] == 0, 0.02)
        return RUNS * TIMERS * ENTRIES / (time.time() - at)
    finally:
        server.kill()


def measure(bench):
    program = bench.scratch / "rows"
    subprocess.run(["gcc", "-O2", "-Wall", "-o", str(program), str(bench.opponent_source("rows")), "-lsqlite3"], check=True)
    mine, theirs = [], []
    for number in range(bench.rounds):
        mine.append(ours(bench, number))
        done = subprocess.run([str(program), str(bench.scratch / f"rows-{number}.db"), "5"], capture_output=True, check=True)
        theirs.append(float(done.stdout))
    mine.sort()
    theirs.sort()
    one, other = mine[len(mine) // 2], theirs[len(theirs) // 2]
    # As time per change, so that smaller is better as everywhere on this page; half the opponent's rate is twice its time.
    yield Row(f"one of {RUNS * TIMERS * ENTRIES} changes", 1e6 / one, "µs", "SQLite, 100 rows a sync", 1e6 / other, 2.0, "11")
