"""Goal 8: ten thousand runs sleep until the same moment, which comes while the server is dead (`kill -9`). It is started again: the
first row is the time until it answers, the second until each of the runs has gone on and ended, every step durable. No step may be lost or done twice:
each run's log is looked at. The opponent is the smallest thing that the JVM's Groovy can do."""
import time

from harness import Row
from server import V2, BenchServer

RUNS, WARM = 10000, 200
SLEEPS = """stage('Wait') {
    echo 'before'
    sleep time: params.SECONDS as int, unit: 'SECONDS'
    echo 'after'
}
"""


def measure(bench):
    walls, ready, all_done = [], None, None
    for _ in range(bench.rounds):
        walls.append(bench.once(["groovy", "-e", "println 1"]).wall)
    walls.sort()
    opponent = walls[len(walls) // 2]
    server = BenchServer(bench, "resume-server", "--park-after", "1")
    try:
        # Long enough for all of them to begin and to leave memory.
        server.pipeline("sleeps", SLEEPS, SECONDS="1")
        began = time.monotonic()
        server.begin("sleeps", WARM, SECONDS="1")
        seconds = int((time.monotonic() - began) / WARM * RUNS * 2) + 30
        server.begin("sleeps", RUNS, SECONDS=str(seconds))
        last = time.monotonic()
        server.parked(RUNS)
        server.kill()
        time.sleep(max(0.0, last + seconds + 1 - time.monotonic()))
        began = time.monotonic()
        ready = server.start()
        server.until(lambda: server.metrics()['windlass_runs{phase="running"}'] == 0, 0.05)
        all_done = time.monotonic() - began
        for number in range(1, WARM + RUNS + 1):
            text = server.request("GET", f"{V2}/devops/bench/pipelines/sleeps/runs/{number}/log/?start=0")[1]
            if text.count("before") != 1 or text.count("after\n") != 1 or not text.endswith("Finished: SUCCESS\n"):
                raise SystemExit(f"bench: run {number} was not resumed whole:\n{text}")
    finally:
        server.kill()
    yield Row("ready with 10,000 parked runs", ready * 1000, "ms", "groovy -e 'println 1'", opponent * 1000, 1.2, "8")
    yield Row("until each has gone on and ended", all_done * 1000, "ms", "groovy -e 'println 1'", opponent * 1000, 1.2, "8")
