#!/usr/bin/env python3
"""People of a cluster and its ConfigMap with Configuration as Code, from outside: `windlass server --cluster` beside a real API
server. Tokens of service accounts are reviewed there, for our audience only; its roles are asked where that is configured; kubectl
writes the ConfigMap, and the server follows, its pods too. Usage: sign_in_test.py WINDLASS KUBECONFIG"""
import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

windlass, kubeconfig = os.path.abspath(sys.argv[1]), sys.argv[2]
folder = tempfile.mkdtemp(prefix="windlass-sign-in-")
environment = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C.UTF-8", "NO_PROXY": "*"}
name = f"people{os.getpid()}"
system = "kubesphere-devops-system"


def kubectl(*arguments, text=None, may_fail=False):
    done = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, *arguments], capture_output=True, text=True, input=text, timeout=120)
    assert may_fail or done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def apply(*items):
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(items)}))


def until(what, so, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := so():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


def token(account, *audiences):
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"audiences": list(audiences), "expirationSeconds": 3600}}
    out = kubectl("create", "--raw", f"/api/v1/namespaces/{name}/serviceaccounts/{account}/token", "-f", "-", text=json.dumps(body))
    return json.loads(out)["status"]["token"]


class Server:
    def __init__(self, *more):
        self.log = tempfile.NamedTemporaryFile("w+", suffix=".log", delete=False)
        self.data = os.path.join(folder, "data")
        self.process = subprocess.Popen([windlass, "server", "--data", self.data, "--listen", "127.0.0.1:0", "--cluster", "--kubeconfig",
                                         kubeconfig, "--lease", f"sign-in-{os.getpid()}", *more], stderr=self.log, env=environment)
        atexit.register(self.stop)
        until("it is ready", lambda: os.path.exists(os.path.join(self.data, "address")) or self.process.poll() is not None)
        assert self.process.poll() is None, self.lines
        self.address = open(os.path.join(self.data, "address")).read().strip()

    @property
    def lines(self):
        return open(self.log.name).read()

    def ask(self, method, path, bearer):
        request = urllib.request.Request(self.address + path, method=method, headers={"Authorization": "Bearer " + bearer},
                                         data=b"{}" if method == "POST" else None)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)


def configure(more=""):
    fresh = os.path.join(folder, "fresh")
    with open(fresh, "w") as out:
        out.write("windlass:\n  executors: 1\n" + more)
    os.rename(fresh, os.path.join(folder, "kubesphere.yaml"))


def roles(user, *permissions):
    return json.dumps({"jenkins": {"systemMessage": "hello", "authorizationStrategy": {"roleBased": {"roles": {"items": [
        {"name": "r", "pattern": name + ".*", "permissions": list(permissions), "entries": [{"user": user}]}]}}}}})


def write_map(text):
    apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "jenkins-casc-config", "namespace": system}, "data": {"jenkins.yaml": text}})


def main():
    configure()
    server = Server("--config", os.path.join(folder, "kubesphere.yaml"), "--agents-listen", "127.0.0.1:0",
                    "--agents-url", "http://server:1")
    until("the system's namespace", lambda: kubectl("get", "namespace", system, "--ignore-not-found"))
    apply({"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": name}})
    until("the project's namespace", lambda: kubectl("get", "namespace", name, "--ignore-not-found"))
    kubectl("-n", name, "create", "serviceaccount", "anna")
    who = f"cluster:system:serviceaccount:{name}:anna"
    ours, theirs = token("anna", "windlass"), token("anna", "https://kubernetes.default.svc.cluster.local")
    pipelines = f"/kapis/devops.kubesphere.io/v1alpha3/devops/{name}/pipelines"

    status, text = server.ask("GET", "/kapis/windlass.io/v1/whoami", ours)
    assert status == 200 and who in text, (status, text)
    for wrong in (theirs, token("anna", "somebody-else"), "opaque", ours[:-4] + "AAAA"):
        status, text = server.ask("GET", "/kapis/windlass.io/v1/whoami", wrong)
        assert status == 401, (status, text)
    print("ok: a token for our audience, and no other, is somebody")

    assert server.ask("GET", pipelines, ours)[0] == 403
    apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "reads", "namespace": name},
           "rules": [{"apiGroups": ["devops.kubesphere.io"], "resources": ["pipelines"], "verbs": ["get", "list"]}]},
          {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "reads", "namespace": name},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reads"},
           "subjects": [{"kind": "ServiceAccount", "name": "anna", "namespace": name}]})
    assert server.ask("GET", pipelines, ours)[0] == 403, "the cluster's roles are not asked unless that is configured"
    configure("  cluster: {accessReviews: true}\n")
    until("the cluster's roles are asked", lambda: server.ask("GET", pipelines, ours)[0] == 200, 30)
    assert server.ask("POST", pipelines, ours)[0] == 403
    assert server.ask("GET", pipelines.replace(name, "default"), ours)[0] == 403
    assert server.ask("POST", "/kapis/windlass.io/v1/configuration/reload", ours)[0] == 403
    print("ok: the cluster's roles allow what they say in that namespace, and no more")
    configure()
    until("and are not asked any more", lambda: server.ask("GET", pipelines, ours)[0] == 403, 30)

    began = time.monotonic()
    write_map(roles(who, "Job/Read"))
    until("the ConfigMap's role holds", lambda: server.ask("GET", pipelines, ours)[0] == 200, 30)
    print(f"ok: the ConfigMap is taken within {time.monotonic() - began:.1f} s")
    write_map("jenkins: {mode: SOMETIMES}")

    def events():
        return {one["reason"] for one in json.loads(kubectl("-n", system, "get", "events", "-o", "json"))["items"]
                if one["involvedObject"]["name"] == "jenkins-casc-config"}
    until("an event says that it is refused", lambda: "ConfigurationRefused" in events(), 30)
    assert server.ask("GET", pipelines, ours)[0] == 200, "what is wrong changes nothing"
    assert server.lines.count("SOMETIMES") == 1, server.lines
    write_map(roles(who, "Job/Create"))
    until("the role is another", lambda: server.ask("GET", pipelines, ours)[0] == 403, 30)
    print("ok: what is wrong changes nothing, and the ConfigMap hears so")

    # Templates come with the ConfigMap too: the next pod is made of them, whatever node it waits for.
    write_map(json.dumps({"jenkins": {"systemMessage": "clouds", "clouds": [{"kubernetes": {"name": "kubernetes", "templates": [
        {"name": "mine", "label": f"mine-{name}", "containers": [{"name": "tool", "image": "example.org/tool:7", "command": "cat"}]}]}}]}}))
    apply({"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "Pipeline", "metadata": {"name": "uses", "namespace": name},
           "spec": {"type": "pipeline", "pipeline": {"name": "uses", "jenkinsfile": f"node('mine-{name}') {{ echo 'never' }}"}}})
    until("the template is taken", lambda: "jenkins.clouds" in server.lines, 30)
    apply({"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "PipelineRun", "metadata": {"name": "uses-1", "namespace": name},
           "spec": {"pipelineRef": {"name": "uses"}}})

    def images():
        pods = json.loads(kubectl("-n", "kubesphere-devops-worker", "get", "pods", "-o", "json"))["items"]
        return [[one["image"] for one in pod["spec"]["containers"]] for pod in pods if pod["metadata"]["name"].startswith("mine-")]
    until("a pod of the ConfigMap's template", lambda: any("example.org/tool:7" in one for one in images()), 60)
    print("ok: pods are made of the ConfigMap's templates")
    kubectl("-n", name, "delete", "pipelinerun", "uses-1", "--wait=false")
    kubectl("-n", name, "delete", "serviceaccount", "anna")
    until("who is gone is nobody soon", lambda: server.ask("GET", "/kapis/windlass.io/v1/whoami", ours)[0] == 401, 60)
    server.stop()
    assert server.process.returncode == 0, server.lines
    kubectl("-n", system, "delete", "configmap", "jenkins-casc-config")
    kubectl("delete", "devopsproject", name, "--wait=false")
    print("sign-in: all good")


main()
