"""Goal 9: one step that writes 256 MB of lines, its log masked against 50 secrets, numbered, compressed and durable, beside a C program that
carries the same lines through a pipe of 1 MiB into a file that is synced at its end; whole processes. Then the same written line by line. Then on
a server: while one step writes as fast as it can, how long the lines of another step take from their program to a client that follows their log; and of a log
of 1 GB its last lines, and a regular expression over the whole of it, over HTTP."""
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.parse

from harness import Row

SECRETS = 50
NOISE_MB, LINES_MB, LARGE_MB, TICKS = 256, 48, 1024, 300


def noisy(producer, megabytes, mode):
    bound = ", ".join(f"string(credentialsId: 'c{i}', variable: 'S{i}')" for i in range(SECRETS))
    return f"node {{ withCredentials([{bound}]) {{ sh '{producer} {megabytes} {mode} -' }} }}\n"


class LargeLog:
    """A server with one run whose log is large, and one that writes a line now and then meanwhile."""

    def __init__(self, bench, producer):
        self.folder = bench.scratch / "server"
        log = open(bench.scratch / "server.log", "w")
        self.process = subprocess.Popen([bench.windlass, "server", "--data", str(self.folder), "--listen", "127.0.0.1:0"],
                                        stdout=log, stderr=log)
        address = self.folder / "address"
        deadline = time.monotonic() + 60
        while not address.exists():
            if time.monotonic() > deadline or self.process.poll() is not None:
                sys.exit("bench: the server does not start")
            time.sleep(0.01)
        self.port = int(address.read_text().strip().rsplit(":", 1)[1])
        self.token = subprocess.run([bench.windlass, "token", "create", "--data", str(self.folder), "--user", "admin"],
                                    capture_output=True, text=True, check=True).stdout.strip()
        project = {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": "large"}, "spec": {}}
        self.ask("POST", "/apis/devops.kubesphere.io/v1alpha3/devopsprojects", project)
        while self.ask("GET", "/api/v1/namespaces/large")[0] != 200:
            time.sleep(0.02)
        self.start("noise", f"{producer} {100 * LARGE_MB} block -")
        self.start("ticks", f"{producer} {TICKS} ticks -")
        self.delays = self.follow_ticks()
        noise = "/kapis/windlass.io/v1/projects/large/pipelines/noise/runs/1"
        if json.loads(self.ask("GET", noise)[1])["phase"] == "ended":
            sys.exit("bench: the noisy step ended while its neighbour was looked at")
        self.ask("POST", noise + "/kill")
        self.start("log", f"{producer} {LARGE_MB} block -")
        self.run = "/kapis/windlass.io/v1/projects/large/pipelines/log/runs/1"
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            status, text = self.ask("GET", self.run)
            if status == 200 and json.loads(text)["phase"] == "ended":
                return
            time.sleep(0.2)
        sys.exit("bench: the large run does not end")

    def start(self, name, command):
        self.ask("POST", "/kapis/devops.kubesphere.io/v1alpha3/devops/large/pipelines", {"metadata": {"name": name}, "spec": {
            "type": "pipeline", "pipeline": {"name": name, "jenkinsfile": f"node {{ sh '{command}' }}"}}})
        status, text = self.ask("POST", f"/kapis/devops.kubesphere.io/v1alpha2/devops/large/pipelines/{name}/runs", {})
        if status != 200:
            sys.exit(f"bench: no run of {name}: {text[:200]}")

    def follow_ticks(self):
        """Seconds from each line's program to here."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request("GET", "/kapis/windlass.io/v1/projects/large/pipelines/ticks/runs/1/log?follow=true",
                           headers={"Authorization": "Bearer " + self.token})
        answer = connection.getresponse()
        delays, rest = [], b""
        while piece := answer.read1(65536):
            now = time.monotonic_ns()
            *lines, rest = (rest + piece).split(b"\n")
            delays += [(now - int(line[5:])) / 1e9 for line in lines if line.startswith(b"tick ")]
        connection.close()
        if len(delays) != TICKS:
            sys.exit(f"bench: of {TICKS} lines {len(delays)} came")
        return sorted(delays)

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        connection.request(method, path, None if body is None else json.dumps(body),
                           {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def median(self, rounds, path):
        walls = []
        for _ in range(rounds):
            start = time.monotonic()
            status, text = self.ask("GET", self.run + path)
            walls.append(time.monotonic() - start)
            if status != 200:
                sys.exit(f"bench: {path}: {status} {text[:200]}")
        return statistics.median(walls), text

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def measure(bench):
    producer = bench.opponent("piped_log")
    credentials = bench.scratch / "credentials.json"
    credentials.write_text(json.dumps([{"id": f"c{i}", "type": "string", "secret": f"secret-number-{i}-{os.urandom(8).hex()}"}
                                       for i in range(SECRETS)]))
    target = str(bench.scratch / "piped.log")
    for what, megabytes, mode, limit in (("MB of lines, in blocks", NOISE_MB, "block", 1 / 0.4),
                                         ("MB, a write per line", LINES_MB, "line", 1 / 0.8)):
        folder = bench.jenkinsfile(f"log-{mode}", noisy(producer, megabytes, mode))
        # What it shows goes nowhere: the log is what is measured, and the program beside it shows nothing.
        command = ["sh", "-c", 'exec "$0" "$@" >/dev/null', bench.windlass, "run", str(folder / "Jenkinsfile"), "--output", "plain", "--state", str(folder / "state"),
                   "--credentials", str(credentials)]
        ours, theirs = bench.together(command, [producer, str(megabytes), mode, target])
        yield Row(f"{megabytes} {what}", ours * 1e3, "ms", "a pipe into a file in C", theirs * 1e3, limit, "9")
    large = LargeLog(bench, producer)
    try:
        yield Row("meanwhile, a line of another step to its follower, p50", large.delays[len(large.delays) // 2] * 1e3, "ms", goal="")
        yield Row("the same, p99", large.delays[int(len(large.delays) * 0.99)] * 1e3, "ms", limit=50, goal="9")
        seconds, _ = large.median(bench.rounds, "/log/lines?tail=1000")
        yield Row("the end of a log of 1 GB", seconds * 1e3, "ms", limit=150, goal="")
        seconds, text = large.median(bench.rounds, "/log/search?pattern=" + urllib.parse.quote("q[xyz]+ never there"))
        if b'"done":"end"' not in text:
            sys.exit(f"bench: the search did not come to its end: {text[-300:]}")
        yield Row("a regular expression over it", seconds * 1e3, "ms", limit=1000, goal="")
    finally:
        large.stop()


REMARKS = """Of a step's output each byte is masked, sealed on its way from the agent's file, checked by a chain of BLAKE2b digests, compressed with zstd and
written into the run's database; the program beside it does none of that. A search reads, unpacks and checks what it looks at."""
