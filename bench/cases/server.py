"""Goals 1, 2, 4 and 10: the server with 1,000 pipelines and 10,000 runs that have ended, made by its own API and kept on a disk. Memory
is resident memory ten seconds after a start, cold start is from the start of the process to the first 200 of `/readyz`, both beside the
smallest thing that the JVM's Groovy can do. The trigger is one HTTP request that starts a run of one `sh 'echo hi'` on the built-in node, twenty a
second whatever becomes of those before; what is timed is from sending it until the line is in the stream of the log (`follow=true`) that its client opens with
the answer. The status of a run is asked for by `wrk` with a token, while a thousand clients follow the log of that run; its opponent is nginx with
one worker, `sendfile` and its cache of open files, and a file of 587 bytes, by the same `wrk` in turn."""
import concurrent.futures
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness import Row

PIPELINES, RUNS, TRIGGERS, WATCHERS = 1000, 10000, 1000, 1000
PER_SECOND, STEPS = 20, 1000
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

    def rest(self):
        """Until all runs have ended."""
        while True:
            load = json.loads(self.ask("GET", "/kapis/windlass.io/v1/load")[1])
            if load["queued"] + load["running"] == 0:
                return
            time.sleep(0.2)

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
    server.rest()


def trigger(server):
    """Seconds from the request to the line, for each of the triggers. Each has its time, so that a slow one delays no other."""
    begin = time.perf_counter() + 0.5
    local = threading.local()

    def one(n):
        if not hasattr(local, "connection"):
            local.connection = server.connection()
        time.sleep(max(0, begin + n / PER_SECOND - time.perf_counter()))
        began = time.perf_counter()
        number = json.loads(server.ask("POST", BLUE + "hi/runs", {}, local.connection)[1])["id"]
        stream = server.connection()
        stream.request("GET", OURS + f"hi/runs/{number}/log?follow=true", headers={"Authorization": "Bearer " + server.token})
        answer = stream.getresponse()
        text = b""
        while b"\nhi\n" not in text:
            piece = answer.read1(65536)
            if not piece:
                sys.exit(f"bench: the log of run {number} ends without its line: {text.decode()}")
            text += piece
        took = time.perf_counter() - began
        answer.read()
        stream.close()
        return took

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(one, range(TRIGGERS)))


def processor_seconds(server):
    """Of the server, its agent and everything that those have waited for."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_bytes()
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if server.folder.encode() in command:
            ticks += sum(int(fields[i]) for i in range(11, 15))
    return ticks / os.sysconf("SC_CLK_TCK")


def steps(server):
    """Processor seconds of so many runs of one shell each, as fast as they go."""
    before = processor_seconds(server)
    local = threading.local()

    def one(_):
        if not hasattr(local, "connection"):
            local.connection = server.connection()
        assert server.ask("POST", BLUE + "hi/runs", {}, local.connection)[0] == 200

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(STEPS)))
    server.rest()
    return processor_seconds(server) - before


def disk_bytes(folder):
    total = 0
    for where, _, files in os.walk(folder):
        total += sum(os.lstat(os.path.join(where, one)).st_blocks * 512 for one in (*files, "."))
    return total


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
            f"http {{ access_log off; sendfile on; open_file_cache max=10; keepalive_requests 1000000000; server {{ listen 127.0.0.1:{self.port}; root {folder}/html; }} }}\n")
        self.process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                break
            except OSError:
                time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.port}/run.json"


def watch(server, number):
    """A thousand clients that follow a log, each of which has got what there is."""
    sockets = []
    for _ in range(WATCHERS):
        one = socket.create_connection(("127.0.0.1", server.port))
        one.sendall(f"GET {OURS}asks/runs/{number}/log?follow=true HTTP/1.1\r\nHost: x\r\n"
                    f"Authorization: Bearer {server.token}\r\n\r\n".encode())
        sockets.append(one)
    for one in sockets:
        text = b""
        while b"before" not in text:
            text += one.recv(65536)
    return sockets


def measure(bench):
    folder = str(bench.scratch / "server")
    server = Server(bench, folder)
    fill(server)
    time.sleep(10)
    busy = server.resident_kib() / 1024
    server.stop()
    per_run = disk_bytes(os.path.join(folder, "runs")) / RUNS
    starts, memory, groovy_walls, groovy_peaks = [], [], [], []
    for round_ in range(bench.rounds):
        starts.append(server.start())
        time.sleep(10)
        memory.append(server.resident_kib() / 1024)
        if round_ < bench.rounds - 1:
            server.stop()
        groovy = bench.once(["groovy", "-e", "println 1"])
        groovy_walls.append(groovy.wall)
        groovy_peaks.append(groovy.peak_kib / 1024)
    peak = statistics.median(groovy_peaks)
    yield Row("idle memory, 1,000 pipelines and 10,000 runs", statistics.median(memory), "MiB", "groovy -e 'println 1'", peak, 0.30, "1")
    yield Row("the same, of the process that ran them", busy, "MiB", "groovy -e 'println 1'", peak)
    yield Row("cold start to ready with that store", statistics.median(starts) * 1e3, "ms", "groovy -e 'println 1'",
              statistics.median(groovy_walls) * 1e3, 0.08, "2")
    yield Row("disk of a run of one echo", per_run / 1024, "KiB")
    times = trigger(server)
    yield Row("trigger to first log line, p50", statistics.median(times) * 1e3, "ms", limit=10, goal="4")
    yield Row("the same, p99", times[int(len(times) * 0.99)] * 1e3, "ms", limit=40, goal="4")
    yield Row("processor time of 1,000 runs of one shell", steps(server), "s")
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
