"""What the tests of pods in trouble share: a server beside a real cluster, runs that kubectl would start, and a client of the API
server that is quick enough to measure with. One World per test program."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.error
import urllib.request

from api_server import ApiServer

WORKERS = "kubesphere-devops-worker"

CASC = """
jenkins:
  mode: EXCLUSIVE
  numExecutors: 0
  clouds:
    - kubernetes:
        name: kubernetes
        serverUrl: https://kubernetes.default
        namespace: kubesphere-devops-worker
        jenkinsUrl: http://HOST:PORT
        containerCapStr: "30"
        templates:
          - name: base
            label: base
            nodeUsageMode: NORMAL
            containers:
              - {name: base, image: 'localhost/base:1', command: cat, ttyEnabled: true}
              - {name: jnlp, image: 'localhost/base:1'}
    - kubernetes:
        name: elsewhere
        namespace: kubesphere-devops-worker
        jenkinsUrl: http://HOST:1
        templates:
          - name: lost
            label: wrong-address
            slaveConnectTimeout: 20
            containers:
              - {name: jnlp, image: 'localhost/base:1'}
"""

# A cloud that a test may take away.
PASSING = """    - kubernetes:
        name: passing
        namespace: kubesphere-devops-worker
        jenkinsUrl: http://HOST:PORT
        templates: [{name: passing, label: passing, containers: [{name: jnlp, image: 'localhost/base:1'}]}]
"""


def pipeline_of(script):
    return {"type": "pipeline", "pipeline": {"name": "p", "jenkinsfile": script}}


class World:
    def __init__(self, build, cluster_script, kubeconfig, name):
        self.build, self.cluster_script = os.path.abspath(build), os.path.abspath(cluster_script)
        self.kubeconfig, self.name = kubeconfig, name
        self.windlass = os.path.join(self.build, "windlass")
        self.folder = tempfile.mkdtemp(prefix=f"windlass-{name}-")
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}
        self.process, self.token, self.logs = None, None, []
        signal.signal(signal.SIGTERM, self.out_of_time)
        self.cluster_api = ApiServer(kubeconfig)
        node = self.api("GET", "/api/v1/nodes")["items"][0]
        address = next(a["address"] for a in node["status"]["addresses"] if a["type"] == "InternalIP")
        self.host = re.sub(r"\.(\d+)$", lambda m: "." + str(int(m[1]) - 1), address)
        self.port = 30000 + os.getpid() % 20000
        self._make_image()
        self.configure()
        self.start_server()
        self.token = subprocess.run([self.windlass, "token", "create", "--data", self.data], capture_output=True, text=True,
                                    env=self.environment, check=True).stdout.split()[-1]
        self.apply("/apis/devops.kubesphere.io/v1alpha3/devopsprojects",
                   {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": name}})
        self.until("the project's namespace", lambda: self.api("GET", f"/api/v1/namespaces/{name}", may_fail=True))
        self.api("POST", "/api/v1/namespaces", {"metadata": {"name": WORKERS}}, may_fail=True)
        self.until("its account", lambda: self.api("GET", f"/api/v1/namespaces/{WORKERS}/serviceaccounts/default", may_fail=True))

    @staticmethod
    def out_of_time(_, frame):
        """The step's time limit: what it was waiting for is the only thing that anybody wants to know."""
        where = "".join(traceback.format_stack(frame)[-4:])
        what = frame.f_locals.get("what") or (frame.f_back.f_locals.get("what") if frame.f_back else None)
        print(f"FAILED: out of time, waiting for {what or 'something'}:\n{where}", flush=True)
        os._exit(1)

    # ---- the cluster

    def api(self, method, path, body=None, may_fail=False, kind="application/json"):
        try:
            status, _, text = self.cluster_api.request(method, path, body, {"Content-Type": kind})
        except OSError:
            if may_fail:
                return None
            raise
        if status >= 300:
            assert may_fail, (method, path, status, text[:1000])
            return None
        return json.loads(text)

    def apply(self, path, item):
        self.api("POST", path, item)

    def cluster(self, *words):
        subprocess.run([self.cluster_script, *words], check=True, stdout=subprocess.DEVNULL)

    def pods(self):
        return self.api("GET", f"/api/v1/namespaces/{WORKERS}/pods")["items"]

    def pod(self, name):
        return self.api("GET", f"/api/v1/namespaces/{WORKERS}/pods/{name}", may_fail=True)

    def delete_pod(self, name, grace=None):
        self.api("DELETE", f"/api/v1/namespaces/{WORKERS}/pods/{name}" + ("" if grace is None else f"?gracePeriodSeconds={grace}"), may_fail=True)

    def processes_in(self, pod, words):
        """Ids, on this machine, of the processes of a pod whose command line has these words."""
        uid, out = pod["metadata"]["uid"], []
        for one in filter(str.isdigit, os.listdir("/proc")):
            try:
                command = open(f"/proc/{one}/cmdline").read().replace("\0", " ")
                if words in command and uid in open(f"/proc/{one}/cgroup").read():
                    out.append(int(one))
            except OSError:
                pass
        return out

    def _make_image(self):
        root = os.path.join(self.folder, "image")
        os.makedirs(root)
        for program in ("windlass-agent", "windlass-worker"):
            shutil.copy(os.path.join(self.build, program), root)
        archive = os.path.join(self.folder, "image.tar")
        with open(archive, "wb") as out:
            subprocess.run([self.cluster_script, "image", root, "localhost/windlass-agent:1", '["/windlass-agent"]'], stdout=out, check=True)
        subprocess.run([self.cluster_script, "load", archive], check=True, stderr=subprocess.DEVNULL)

    # ---- the server

    def configure(self, without=""):
        text = CASC + ("" if without == "passing" else PASSING)
        path = os.path.join(self.folder, "jenkins.yaml")
        with open(path + ".new", "w") as out:
            out.write(text.replace("HOST", self.host).replace("PORT", str(self.port)))
        os.rename(path + ".new", path)

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    def start_server(self, waits=True):
        log = tempfile.NamedTemporaryFile("w+", suffix=".log", delete=False, dir=self.folder)
        self.logs.append(log.name)
        self.process = subprocess.Popen(
            [self.windlass, "server", "--data", self.data, "--listen", "127.0.0.1:0", "--cluster", "--kubeconfig", self.kubeconfig,
             "--lease", f"{self.name}-lease", "--agents-listen", f"{self.host}:{self.port}", "--agent-image", "localhost/windlass-agent:1",
             "--casc", os.path.join(self.folder, "jenkins.yaml")], stdout=subprocess.DEVNULL, stderr=log, env=self.environment)

        def listening():
            assert self.process.poll() is None, self.server_log()
            return "listening on" in self.server_log()
        if waits:
            self.until("the server listens", listening)

    def server_log(self):
        return open(self.logs[-1]).read()

    def kill_server(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def keep_server(self):
        """A server whose lease was lost has ended (75), and its service starts it again."""
        if self.process.poll() is not None:
            assert self.process.returncode == 75, (self.process.returncode, self.server_log()[-3000:])
            self.start_server(waits=False)

    def stop_server(self):
        self.process.send_signal(signal.SIGTERM)
        how = self.process.wait(30)
        assert how == 0, (how, self.server_log())

    # ---- runs

    def start(self, which, script):
        at = f"/apis/devops.kubesphere.io/v1alpha3/namespaces/{self.name}"
        kinds = {"apiVersion": "devops.kubesphere.io/v1alpha3"}
        self.apply(at + "/pipelines", kinds | {"kind": "Pipeline", "metadata": {"name": which}, "spec": pipeline_of(script)})
        self.apply(at + "/pipelineruns", kinds | {"kind": "PipelineRun", "metadata": {"name": which}, "spec": {"pipelineRef": {"name": which}}})

    def run_object(self, which):
        return self.api("GET", f"/apis/devops.kubesphere.io/v1alpha3/namespaces/{self.name}/pipelineruns/{which}", may_fail=True) or {}

    def remove_run(self, which):
        self.api("DELETE", f"/apis/devops.kubesphere.io/v1alpha3/namespaces/{self.name}/pipelineruns/{which}", may_fail=True)

    def phase(self, which):
        return (self.run_object(which).get("status") or {}).get("phase")

    def condition(self, which, kind="AgentReady"):
        for one in (self.run_object(which).get("status") or {}).get("conditions") or []:
            if one["type"] == kind:
                return one
        return {}

    def events(self, which):
        uid = self.run_object(which)["metadata"]["uid"]
        return self.api("GET", f"/api/v1/namespaces/{self.name}/events?fieldSelector=involvedObject.uid={uid}")["items"]

    def own(self, which, rest=""):
        try:
            with open(os.path.join(self.data, "address")) as at:
                address = at.read().strip()
            request = urllib.request.Request(f"{address}/kapis/windlass.io/v1/projects/{self.name}/pipelines/{which}/runs/1{rest}",
                                             headers={"Authorization": "Bearer " + (self.token or "")})
            return urllib.request.urlopen(request, timeout=30).read().decode()
        except (urllib.error.URLError, ConnectionError, OSError):  # not there yet, or the server is just being started
            return ""

    def log_of(self, which):
        return self.own(which, "/log")

    def view(self, which):
        return json.loads(self.own(which) or "{}")

    def explain(self, which, language="C.UTF-8"):
        own = {"LC_ALL": language, "WINDLASS_TOKEN": self.token, "WINDLASS_SERVER": open(os.path.join(self.data, "address")).read().strip()}
        done = subprocess.run([self.windlass, "explain", f"{self.name}/{which}#1"], capture_output=True, text=True, env=self.environment | own)
        assert done.returncode == 0, (which, done.stdout, done.stderr)
        return done.stdout

    # ---- waiting

    @staticmethod
    def until(what, so, seconds=90.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := so():
                return value
            time.sleep(0.02)
        raise AssertionError(f"not within {seconds} s: {what}")

    def ends(self, which, how, seconds=120.0):
        self.until(f"the end of {which}", lambda: self.phase(which) in ("Succeeded", "Failed", "Cancelled", "Unknown"), seconds)
        text = self.until("its whole log", lambda: (lambda log: log if "Finished: " in log else "")(self.log_of(which)), 30)
        assert self.phase(which) == how, (self.phase(which), text)
        return text

    # ---- the parts of a test

    def run_parts(self, parts, wanted):
        """All that are wanted, also after one that fails; the runs that it leaves behind are removed, so that the next one has room."""
        took, failed = [], []
        for one in parts:
            if wanted and one.__name__ not in wanted:
                continue
            began = time.monotonic()
            try:
                said = one()
            except AssertionError as why:
                failed.append(one.__name__)
                self.tell_failure(one.__name__, why)
                continue
            took.append((one.__name__, time.monotonic() - began))
            print(f"ok: {one.__name__.replace('_', ' ')} ({took[-1][1]:.1f} s)" + (f": {said}" if said else ""), flush=True)
        if failed:
            print(f"FAILED: {', '.join(failed)}", flush=True)
            self.process.kill()
            self.clear_pods()  # it may not have come to that: the next test is not to find them
            sys.exit(1)
        return took

    def clear_pods(self):
        for pod in self.pods():
            self.delete_pod(pod["metadata"]["name"], 0)

    def tell_failure(self, part, why):
        said = "".join(traceback.format_exception(why))
        print(f"FAILED: {part}: " + (said if len(said) < 8000 else f"{said[:4000]}\n[…]\n{said[-4000:]}"))
        if self.process.poll() is not None:
            print(f"---- the server has ended ({self.process.returncode}):\n{self.server_log()[-3000:]}", flush=True)
            self.start_server()
        runs = self.until("runs can be seen", lambda: self.api(
            "GET", f"/apis/devops.kubesphere.io/v1alpha3/namespaces/{self.name}/pipelineruns", may_fail=True))
        for run in runs["items"]:
            which = run["metadata"]["name"]
            if (run.get("status") or {}).get("phase") != "Succeeded":
                print(f"---- {which}: {json.dumps(run.get('status'))}\n{self.log_of(which)}")
                self.remove_run(which)
        print(f"---- the server:\n{self.server_log()[-3000:]}", flush=True)
        try:
            self.until("no pod is left", lambda: not self.pods(), 60)
        except AssertionError as still:
            print(f"---- {still}: {[pod['metadata']['name'] for pod in self.pods()]}", flush=True)
            self.clear_pods()  # told once; the next part is not to fail for it

    def end(self):
        self.until("no pod is left", lambda: not self.pods(), 60)
        self.stop_server()
        shutil.rmtree(self.folder, ignore_errors=True)


def has(text, *words):
    for word in words:
        assert word in text, f"{word!r} is not in:\n{text}"
