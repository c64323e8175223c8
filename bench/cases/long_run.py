"""A run with 100,000 entries in its journal stays answerable: fifty thousand timers of no length, two entries each, then a question. While it
is at work its view is asked for again and again, and so is that of a run beside it. Then the server is killed (`kill -9`) and started again: the answer to the
question is acknowledged when it is durable, for which the whole journal has been read and the run evaluated up to there. Last, how long its ten thousandth
line from the end takes, and the view of the run beside it while somebody asks for what must look at all of the long one: phases, steps to restart at, first nodes. There is no opponent: Jenkins keeps such a run in thousands of XML files."""
import http.client
import statistics
import threading
import time

from harness import Row
from server import BenchServer

TIMERS = 50000
SCRIPT = f"""for (int i = 0; i < {TIMERS}; i++) {{ sleep 0 }}
input 'go on?'
"""


def asked(server, path, rounds):
    """Seconds per answer, sorted."""
    out = []
    for _ in range(rounds):
        began = time.monotonic()
        status, got = server.request("GET", "/kapis/windlass.io/v1/projects/bench/pipelines/" + path)
        out.append(time.monotonic() - began)
        if status != 200:
            raise SystemExit(f"bench: {path}: {status} {got}")
    return sorted(out)


def asked_alone(server, path):
    """Over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    connection.request("GET", "/kapis/windlass.io/v1/projects/bench/pipelines/" + path,
                       headers={"Authorization": "Bearer " + server.token})
    connection.getresponse().read()
    connection.close()


def measure(bench):
    server = BenchServer(bench, "long-server", "--park-after", "1")
    try:
        server.pipeline("asks", "input 'go on?'")
        server.begin("asks", 1)
        server.pipeline("long", SCRIPT)
        began = time.monotonic()
        server.begin("long", 1)
        own, others = [], []
        for name in ("asks", "long"):
            server.until(lambda name=name: isinstance(server.view(name, 1), dict), 0.01)
        while not any(one.get("code") == "input" for one in server.view("long", 1).get("waiting", [])):
            own += asked(server, "long/runs/1", 1)
            others += asked(server, "asks/runs/1", 1)
            time.sleep(0.02)
        seconds = time.monotonic() - began
        server.kill()
        server.start()
        view = server.until(lambda: (v := server.view("long", 1)).get("waiting") and v, 0.01)
        answered = server.answer("long", 1, view)
        server.until(lambda: server.view("long", 1).get("phase") == "ended", 0.01)
        tail = asked(server, "long/runs/1/log/lines?tail=10000&count=1", bench.rounds)
        beside = []
        for path in ("phases", "restartpoints", "nodes?before=1000"):
            looking = threading.Thread(target=asked_alone, args=(server, "long/runs/1/" + path))
            looking.start()
            while looking.is_alive():
                beside += asked(server, "asks/runs/1", 1)
            looking.join()
        beside.sort()
    finally:
        server.kill()
    yield Row("100,000 entries, a server's run alone", seconds / (2 * TIMERS) * 1e6, "µs")
    for what, times in (("meanwhile its view, p99", own), ("that of another run, p99", others)):
        yield Row(what, times[int(len(times) * 0.99)] * 1e3, "ms", limit=50)
    yield Row("after a restart, an answer to its question", answered * 1e3, "ms")
    yield Row("a view of another run while all of this one is looked at, p99", beside[int(len(beside) * 0.99)] * 1e3, "ms", limit=50)
    yield Row("its ten thousandth line from the end", statistics.median(tail) * 1e3, "ms", limit=150)
