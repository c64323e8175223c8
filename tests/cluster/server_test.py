#!/usr/bin/env python3
"""windlass server --cluster, from outside, beside a real API server: kubectl's objects drive it, kill -9 loses nothing, two on one
folder take turns, who cannot renew its lease ends. Usage: server_test.py WINDLASS KUBECONFIG"""
import atexit
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

windlass, kubeconfig = os.path.abspath(sys.argv[1]), sys.argv[2]
folder = tempfile.mkdtemp(prefix="windlass-cluster-")
environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}
name = f"team{os.getpid()}"
lease = f"windlass-{os.getpid()}"


def kubectl(*arguments, text=None, may_fail=False):
    done = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, *arguments], capture_output=True, text=True, input=text, timeout=120)
    assert may_fail or done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def get(kind, which, space=name):
    out = kubectl("-n", space, "get", kind, which, "-o", "json", "--ignore-not-found")
    return json.loads(out) if out else None


def until(what, so, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := so():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Server:
    """One process; `lines` is what it has said."""

    def __init__(self, data, *more):
        atexit.register(self.kill)
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log", delete=False)
        self.process = subprocess.Popen([windlass, "server", "--data", data, "--listen", "127.0.0.1:0", "--cluster", "--kubeconfig", kubeconfig,
                                         "--lease", lease, "--executors", "2", *more], stderr=self.log, env=environment)

    @property
    def lines(self):
        return open(self.log.name).read()

    def says(self, words, seconds=60):
        def look():
            assert self.process.poll() is None or words in self.lines, self.lines
            return words in self.lines
        until(words, look, seconds)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.lines


def objects_of(*items):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)})


def devops(kind, which, spec=None, **metadata):
    out = {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": kind, "metadata": {"name": which, **metadata}}
    return out | ({"spec": spec} if spec is not None else {})


def pipeline(which, script):
    return devops("Pipeline", which, {"type": "pipeline", "pipeline": {"name": which, "jenkinsfile": script}}, namespace=name)


def run_of(which, of, **metadata):
    return devops("PipelineRun", which, {"pipelineRef": {"name": of}}, namespace=name, **metadata)


def phase(which):
    found = get("pipelinerun", which)
    return (found or {}).get("status", {}).get("phase")


data = os.path.join(folder, "data")
server = Server(data)
server.says("listening on")
assert "installed in the cluster: " in server.lines or "pipelines.devops.kubesphere.io" in kubectl("get", "crds", "-o", "name"), server.lines
assert "leads, by the lease kubesphere-devops-worker/" + lease in server.lines

# What kubectl applies is what runs.
kubectl("apply", "-f", "-", text=objects_of(devops("DevOpsProject", name)))
until("the namespace", lambda: get("namespace", name))
assert get("namespace", name)["metadata"]["labels"]["kubesphere.io/devopsproject"] == name
kubectl("create", "secret", "generic", "token", "-n", name, "--type=credential.devops.kubesphere.io/secret-text", "--from-literal=secret=hunter2")
once = os.path.join(folder, "once")
kubectl("apply", "-f", "-", text=objects_of(
    pipeline("hello", f"node {{ withCredentials([string(credentialsId: 'token', variable: 'T')]) {{ sh 'test \"$T\" = hunter2 && echo ran >> {once}' }} }}"),
    run_of("first", "hello")))
until("the first run's end", lambda: phase("first") in ("Succeeded", "Failed"))
assert phase("first") == "Succeeded", get("pipelinerun", "first")
first = get("pipelinerun", "first")
assert first["metadata"]["annotations"]["devops.kubesphere.io/jenkins-pipelinerun-id"] == "1"
assert re.fullmatch("[0-9a-f]{16}", first["metadata"]["annotations"]["windlass.io/claim"])
assert open(once).read() == "ran\n"
assert "SUCCESS" in get("configmap", "first")["data"]["status"]
assert get("secret", "token")["metadata"]["annotations"]["credential.devops.kubesphere.io/syncstatus"] == "successful"
until("its event", lambda: "Started" in kubectl("-n", name, "get", "events", "-o", "jsonpath={.items[*].reason}"))
assert "Succeeded" in kubectl("-n", name, "get", "pipelineruns"), "the columns of our kinds"

# Objects that say that their run has begun, here unknown: never begun again.
kubectl("apply", "-f", "-", text=objects_of(run_of("lost", "hello", annotations={"windlass.io/claim": "of another store"}),
                                            run_of("lost-too", "hello", annotations={"devops.kubesphere.io/jenkins-pipelinerun-id": "77"})))
for which in ("lost", "lost-too"):
    until(which, lambda: phase(which) == "Unknown")
    assert get("pipelinerun", which)["status"]["conditions"][0]["reason"] == "RecordLost"
assert open(once).read() == "ran\n"

# Killed and started again: the run goes on, its shell once.
go = os.path.join(folder, "go")
kubectl("apply", "-f", "-", text=objects_of(
    pipeline("slow", f"node {{ sh 'echo began >> {folder}/slow; while [ ! -e {go} ]; do sleep 0.1; done; echo ended >> {folder}/slow' }}"),
    run_of("slow-1", "slow")))
until("the shell", lambda: os.path.exists(f"{folder}/slow"))
server.kill()
server = Server(data)
server.says("listening on", 20)
assert "stands by" not in server.lines, server.lines
open(go, "w").close()
until("the slow run's end", lambda: phase("slow-1") == "Succeeded")
assert open(f"{folder}/slow").read() == "began\nended\n"

# The Kubernetes protocol is the cluster's; ours says so.
token = subprocess.run([windlass, "token", "create", "--data", data], capture_output=True, text=True, env=environment, check=True).stdout.split()[-1]
address = open(os.path.join(data, "address")).read().strip()
ask = urllib.request.Request(address + "/apis/devops.kubesphere.io/v1alpha3/devopsprojects", headers={"Authorization": "Bearer " + token})
try:
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask)
    raise AssertionError("it was answered")
except urllib.error.HTTPError as refused:
    assert refused.code == 501 and "ask that cluster's API server" in json.load(refused)["message"]
ask = urllib.request.Request(address + f"/kapis/devops.kubesphere.io/v1alpha3/namespaces/{name}/pipelines", headers={"Authorization": "Bearer " + token})
answer = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(ask))
assert {one["metadata"]["name"] for one in answer["items"]} == {"hello", "slow"}, answer

# A second one on the folder stands by, and is there within three seconds of the first one's death.
second = Server(data)
second.says("stands by: another server works on")
time.sleep(1)
assert "listening on" not in second.lines
killed = time.monotonic()
server.kill()
second.says("leads, by the lease", 10)
took = time.monotonic() - killed
assert took < 3, took
second.says("listening on", 10)
ready = time.monotonic() - killed
kubectl("apply", "-f", "-", text=objects_of(run_of("second", "hello")))
until("a run of the second server", lambda: phase("second") == "Succeeded")

# Another folder is another store: it waits for the lease. Stopped in order, the lease is free at once.
other = Server(os.path.join(folder, "other"))
other.says("stands by: ")
second.stop()
other.says("leads, by the lease", 10)
other.says("listening on", 10)
# It knows nothing of the runs that the first store had: those that had not ended are lost, and none begins.
assert open(once).read() == "ran\nran\n"

# Paused for longer than its lease, it does nothing more and ends; the object that came meanwhile is the next one's.
other.process.send_signal(signal.SIGSTOP)
kubectl("apply", "-f", "-", text=objects_of(run_of("third", "hello")))
time.sleep(16)
other.process.send_signal(signal.SIGCONT)
assert other.process.wait(10) == 75, other.lines
assert "ends at once and does nothing more" in other.lines
assert phase("third") is None and open(once).read() == "ran\nran\n"

# Deletion goes through finalizers, down to the namespace.
server = Server(data)
server.says("listening on")
until("the third run", lambda: phase("third") == "Succeeded")
kubectl("-n", name, "delete", "pipelinerun", "first", "--timeout=60s")
assert get("pipelinerun", "first") is None
kubectl("delete", "devopsproject", name, "--timeout=120s")
until("the namespace's end", lambda: not kubectl("get", "namespace", name, "--ignore-not-found"), 120)

# A kind that goes, and comes back: the rest goes on, a sentence tells of it, nothing ends.
kubectl("delete", "crd", "gitrepositories.devops.kubesphere.io", "--timeout=60s")
server.says("the cluster does not have gitrepositories.devops.kubesphere.io", 60)
crds = subprocess.run([windlass, "cluster", "crds"], capture_output=True, text=True, env=environment, check=True).stdout
kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=crds)
server.says("changes of gitrepositories can be followed again", 60)
server.stop()
print(f"server in a cluster: as it should be; the second led {took:.2f} s after the first one's death and listened after {ready:.2f} s")
