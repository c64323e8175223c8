"""Goals 1, 2, 4 and 10: the server with 1,000 pipelines and 10,000 runs that have ended, made by its own API and kept on a disk. Memory
is resident memory ten seconds after a start, cold start is from the start of the process to the first 200 of `/readyz`, both beside the
smallest thing that the JVM's Groovy can do. The trigger is one HTTP request that starts a run of one `sh 'echo hi'` on the built-in node, twenty a
second; what is timed is from sending it until the line is in the log that a client follows. The status of a run is asked for by `wrk` with a token, while a
thousand clients follow the log of another run; its opponent is nginx with one worker and a file of 587 bytes, by the same `wrk` in turn."""
import concurrent.futures
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import threading
import time

from harness import Row

PIPELINES, RUNS, TRIGGERS, WATCHERS = 1000, 10000, 200, 1000
OBJECTS = "/apis/devops.kubesphere.io/v1alpha3"
BLUE = "/kapis/devops.kubesphere.io/v1alpha2/devops/bench/pipelines/"
OURS = "/kapis/windlass.io/v1/projects/bench/pipelines/"


class Server:
    def __init__(self, bench, folder):
        self.bench, self.folder = bench, folder
        self.start()
        self.token = subprocess.run([bench.windlass, "token", "create", "--data", folder], capture_output=True, text=True, check=True).stdout.strip()

    def start(self):
        """Seconds until it is ready."""
        address = os.path.join(self.folder, "address")
        began = time.perf_counter()
        self.process = subprocess.Popen([self.bench.windlass, "server", "--data", self.folder, "--listen", "127.0.0.1:0", "--executors", "16"],
                                        stderr=subprocess.DEVNULL)
        while not os.path.exists(address):
            time.sleep(0.0002)
        self.address = open(address).read().strip()
        self.port = int(self.address.rsplit(":", 1)[1])
        while self.plain("/readyz") != 200:
            time.sleep(0.0002)
        return time.perf_counter() - began

    def plain(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        return connection.getresponse().status

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def ask(self, method, path, body=None, connection=None):
        connection = connection or self.connection()
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def resident_kib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status").read())[1])


def pipeline(name, script):
    return {"metadata": {"name": name}, "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": script}}}


def fill(server):
    server.ask("POST", OBJECTS + "/devopsprojects", {"metadata": {"name": "bench"}})
    while server.ask("GET", "/api/v1/namespaces/bench")[0] != 200:
        time.sleep(0.05)
    where = OBJECTS + "/namespaces/bench/pipelines"
    local = threading.local()

    def kept():
        if not hasattr(local, "connection"):
            local.connection = server.connection()
        return local.connection

    def make(n):
        return server.ask("POST", where, pipeline(f"p{n}", "echo 'a run that has ended'"), kept())[0]

    def run(n):
        return server.ask("POST", BLUE + f"p{n % PIPELINES}/runs", {}, kept())[0]

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        assert set(pool.map(make, range(PIPELINES))) == {201}
        assert set(pool.map(run, range(RUNS))) == {200}
    server.ask("POST", where, pipeline("hi", "node { sh 'echo hi' }"))
    server.ask("POST", where, pipeline("asks", "echo 'before'; input 'go on?'"))
    while True:
        load = json.loads(server.ask("GET", "/kapis/windlass.io/v1/load")[1])
        if load["queued"] + load["running"] == 0:
            return
        time.sleep(0.5)


def trigger(server):
    """Seconds from the request to the line, for each of the triggers."""
    out = []
    connection = server.connection()
    due = time.perf_counter()
    for _ in range(TRIGGERS):
        due += 0.05
        time.sleep(max(0, due - time.perf_counter()))
        began = time.perf_counter()
        number = json.loads(server.ask("POST", BLUE + "hi/runs", {}, connection)[1])["id"]
        offset = 0
        while True:
            status, text = server.ask("GET", BLUE + f"hi/runs/{number}/log/?start={offset}&wait=50", None, connection)
            if "\nhi\n" in text or text.startswith("hi\n"):
                break
            offset += len(text)
        out.append(time.perf_counter() - began)
    return sorted(out)


def rate(url, *headers):
    words = ["wrk", "-t1", "-c64", "-d3s", "--latency"]
    for header in headers:
        words += ["-H", header]
    text = subprocess.run([*words, url], capture_output=True, text=True, check=True).stdout
    late = re.search(r"99%\s+([\d.]+)(us|ms|s)", text)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    assert not errors, text
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
            float(late[1]) * {"us": 1e-3, "ms": 1, "s": 1e3}[late[2]])


class Nginx:
    def __init__(self, bench):
        folder = bench.scratch / "nginx"
        (folder / "html").mkdir(parents=True)
        (folder / "html/run.json").write_text("x" * 587)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (folder / "nginx.conf").write_text(
            ("user root; " if os.geteuid() == 0 else "") +  # the scratch folder is its owner's alone
            f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log; events {{ worker_connections 4096; }}\n"
            f"http {{ access_log off; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{self.port}; root {folder}/html; }} }}\n")
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.port}/run.json"


def watch(server, number):
    """A thousand clients that wait for more of a log."""
    path = BLUE + f"asks/runs/{number}/log/?start=1000000&wait=50"
    sockets = []
    for _ in range(WATCHERS):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n\r\n".encode())
        sockets.append(one)
    return sockets


def measure(bench):
    folder = str(bench.scratch / "server")
    server = Server(bench, folder)
    fill(server)
    server.stop()
    starts, memory, groovy_walls, groovy_peaks = [], [], [], []
    for round_ in range(bench.rounds):
        starts.append(server.start())
        groovy = bench.once(["groovy", "-e", "println 1"])
        groovy_walls.append(groovy.wall)
        groovy_peaks.append(groovy.peak_kib / 1024)
        if round_ == bench.rounds - 1:
            time.sleep(10)
        memory.append(server.resident_kib() / 1024)
        if round_ < bench.rounds - 1:
            server.stop()
    yield Row("idle memory, 1,000 pipelines and 10,000 runs", memory[-1], "MiB", "groovy -e 'println 1'", statistics.median(groovy_peaks), 0.30, "1")
    yield Row("cold start to ready with that store", statistics.median(starts) * 1e3, "ms", "groovy -e 'println 1'",
              statistics.median(groovy_walls) * 1e3, 0.08, "2")
    times = trigger(server)
    yield Row("trigger to first log line, p50", statistics.median(times) * 1e3, "ms", limit=10, goal="4")
    yield Row("the same, p99", times[int(len(times) * 0.99)] * 1e3, "ms", limit=40, goal="4")
    number = json.loads(server.ask("POST", BLUE + "asks/runs", {})[1])["id"]
    while "go on?" not in server.ask("GET", BLUE + f"asks/runs/{number}/log/?start=0")[1]:
        time.sleep(0.05)
    nginx = Nginx(bench)
    ours, theirs, late = [], [], []
    watchers = watch(server, number)
    url = server.address + OURS + f"asks/runs/{number}"
    for _ in range(bench.rounds):
        served, p99 = rate(url, "Authorization: Bearer " + server.token)
        ours.append(served)
        late.append(p99)
        theirs.append(rate(nginx.url)[0])
    for one in watchers:
        one.close()
    nginx.process.terminate()
    server.stop()
    # Smaller is better in this table: microseconds per answer.
    yield Row("a run's status, per answer", 1e6 / statistics.median(ours), "µs", "nginx, a file of 587 bytes", 1e6 / statistics.median(theirs), 1.0, "10")
    yield Row("its latency, p99", statistics.median(late), "ms", limit=5, goal="10")
