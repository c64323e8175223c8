"""Goal 11: changes of state that a server makes durable for a thousand runs at once. Each run asks for the same number of timers of no
length, one after the other; each is two entries of its journal (asked, fired), and the next begins when the last is on disk. The opponent puts as many rows
of 200 bytes into one SQLite table, durable a hundred at a time: it knows no runs, no order and no checksums."""
import subprocess
import time

from harness import Row
from server import BenchServer

RUNS, TIMERS, ENTRIES = 1000, 50, 2
SCRIPT = f"""input 'all there?'
for (int i = 0; i < {TIMERS}; i++) {{ sleep 0 }}
"""


def ours(bench, round_number):
    server = BenchServer(bench, f"changes-server-{round_number}", "--park-after", "3600")
    try:
        server.pipeline("changes", SCRIPT)
        server.begin("changes", RUNS)
        server.until(lambda: server.metrics()['windlass_runs{phase="running"}'] == RUNS)
        views = [server.until(lambda number=number: (v := server.view("changes", number)).get("waiting") and v, 0.01)
                 for number in range(1, RUNS + 1)]
        began = time.monotonic()
        for number, view in enumerate(views, 1):
            server.answer("changes", number, view)
        server.until(lambda: server.metrics()['windlass_runs{phase="running"}'] == 0, 0.02)
        return RUNS * TIMERS * ENTRIES / (time.monotonic() - began)
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
