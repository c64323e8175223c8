"""Goal 8: ten thousand runs sleep until the same moment, which comes while the server is dead (`kill -9`). It is started again: the
first row is the time until it answers, the second until each of the runs has gone on: has had its journal read and checked, has been evaluated up to where it was, has written its line and asks a person,
all of it durable. Below it two thousand that end instead, so that their files are finished too. No step may be lost or done twice:
each run's log is looked at. The opponent is the smallest thing that the JVM's Groovy can do."""
import time

from harness import Row
from server import V2, BenchServer

RUNS, ENDING, WARM = 10000, 2000, 50
SLEEPS = """stage('Wait') {
    echo 'before'
    sleep time: params.SECONDS as int, unit: 'SECONDS'
    echo 'after'
    %s
}
"""


def cycle(bench, name, runs, last_step, is_over):
    """Seconds until the server answers again, and until it is over for all runs."""
    server = BenchServer(bench, name, "--park-after", "1")
    try:
        server.pipeline("sleeps", SLEEPS % last_step, SECONDS="1")
        # Long enough for all of them to begin and to leave memory.
        began = time.monotonic()
        server.begin("sleeps", WARM, SECONDS="1")
        seconds = int((time.monotonic() - began) / WARM * runs * 2) + 30
        server.begin("sleeps", runs, SECONDS=str(seconds))
        last = time.monotonic()
        server.parked(runs)
        server.kill()
        time.sleep(max(0.0, last + seconds + 1 - time.monotonic()))
        server.options = ()
        began = time.monotonic()
        ready = server.start()
        server.until(lambda: is_over(server.metrics()), 0.05)
        all_done = time.monotonic() - began
        for number in range(WARM + 1, WARM + runs + 1):
            text = server.request("GET", f"{V2}/devops/bench/pipelines/sleeps/runs/{number}/log/?start=0")[1]
            if text.count("before") != 1 or text.count("after\n") != 1:
                raise SystemExit(f"bench: run {number} was not resumed whole:\n{text}")
    finally:
        server.kill()
    return ready, all_done


def measure(bench):
    walls = sorted(bench.once(["groovy", "-e", "println 1"]).wall for _ in range(bench.rounds))
    opponent = walls[len(walls) // 2]
    asking = 'windlass_runs_waiting{phase="running",reason="input"}'
    ready, gone_on = cycle(bench, "resume-server", RUNS, "input 'go on?'", lambda now: now.get(asking, 0) >= RUNS)
    yield Row("ready with 10,000 parked runs", ready * 1000, "ms", "groovy -e 'println 1'", opponent * 1000, 1.2, "8")
    yield Row("until each has gone on", gone_on * 1000, "ms", "groovy -e 'println 1'", opponent * 1000, 1.2, "8")
    _, ended = cycle(bench, "ending-server", ENDING, "", lambda now: now['windlass_runs{phase="running"}'] == 0)
    yield Row("the same, until it has ended, per run", ended / ENDING * 1000, "ms")
