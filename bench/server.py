"""A `windlass server` that a benchmark fills with runs: started, asked over one connection, killed, started again."""
import http.client
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

APIS = "/apis/devops.kubesphere.io/v1alpha3"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
PATIENCE = 600


class BenchServer:
    def __init__(self, bench, name, *options):
        self.windlass = bench.windlass
        self.folder = bench.scratch / name
        self.options = options
        self.process = None
        self.start()
        done = subprocess.run([self.windlass, "token", "create", "--data", str(self.folder), "--user", "admin"],
                              capture_output=True, text=True, check=True)
        self.token = done.stdout.strip()
        self.request("POST", f"{APIS}/devopsprojects", {"metadata": {"name": "bench"}})
        self.until(lambda: self.request("GET", "/api/v1/namespaces/bench")[0] == 200)

    def start(self):
        """Seconds until it answers."""
        address = self.folder / "address"
        address.unlink(missing_ok=True)
        began = time.monotonic()
        self.process = subprocess.Popen(
            [self.windlass, "server", "--data", str(self.folder), "--listen", "127.0.0.1:0", *self.options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not address.exists() or not address.read_text().endswith("\n"):
            if self.process.poll() is not None:
                sys.exit("bench: the server does not start")
            time.sleep(0.001)
        self.port = int(address.read_text().strip().rsplit(":", 1)[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        while self.plain("/readyz") != 200:
            time.sleep(0.001)
        return time.monotonic() - began

    def plain(self, path):
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def request(self, method, path, body=None):
        self.connection.request(method, path, body=None if body is None else json.dumps(body), headers={
            "Authorization": "Bearer " + self.token, "Content-Type": "application/json"})
        answer = self.connection.getresponse()
        text = answer.read().decode()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def until(self, condition, pause=0.05):
        deadline = time.monotonic() + PATIENCE
        while not (got := condition()):
            if time.monotonic() > deadline:
                sys.exit("bench: the server does not get there")
            time.sleep(pause)
        return got

    def pipeline(self, name, script, **parameters):
        block = {"name": name, "jenkinsfile": script, "parameters": [
            {"name": key, "type": "string", "default_value": value} for key, value in parameters.items()]}
        status, got = self.request("POST", f"{V3}/devops/bench/pipelines", {
            "metadata": {"name": name}, "spec": {"type": "pipeline", "pipeline": block}})
        if status != 200:
            sys.exit(f"bench: no pipeline: {got}")

    def begin(self, name, count, **parameters):
        body = {"parameters": [{"name": key, "value": value} for key, value in parameters.items()]}
        for _ in range(count):
            status, got = self.request("POST", f"{V3}/namespaces/bench/pipelines/{name}/pipelineruns", body)
            if status != 200:
                sys.exit(f"bench: no run: {got}")

    def metrics(self):
        text = self.request("GET", "/metrics")[1]
        return {key: float(value) for key, value in
                (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))}

    def parked(self, count):
        """Waits until so many runs are out of memory."""
        self.until(lambda: self.metrics()["windlass_runs_parked"] >= count, 0.2)

    def view(self, name, number):
        return self.request("GET", f"/kapis/windlass.io/v1/projects/bench/pipelines/{name}/runs/{number}")[1]

    def answer(self, name, number, view):
        """Seconds until an answer is acknowledged, which is when it is durable in the run's journal."""
        one = view["waiting"][0]
        path = f"{V2}/devops/bench/pipelines/{name}/runs/{number}/nodes/0/steps/{one['node']}/"
        began = time.monotonic()
        status, got = self.request("POST", path, {"id": one["input"]["id"]})
        seconds = time.monotonic() - began
        if status != 200:
            sys.exit(f"bench: no answer: {got}")
        return seconds

    def resident_kib(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0
