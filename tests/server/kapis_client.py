"""KubeSphere's API as its console speaks it: what the cases of kapis_test.py share."""
import base64
import json
import pathlib
import re
import sys
import time
import urllib.parse

from harness import Checks

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
OURS = "/kapis/windlass.io/v1"
check = Checks()
SECRET = "0123456789abcdefghijklmnopqrstuv"


class Route:
    def __init__(self, line):
        self.method, self.path, self.right, self.what = line.split("\t")
        self.cases = []
        word = re.escape(self.path).replace("DP", "(?:devops|namespaces)/[^/]+")
        word = word.replace("WS", "workspaces/[^/]+/(?:devops|namespaces)").replace(r"\*\*", ".+")
        self.pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", word) + "/?$")
        # Closer words first, as the server has it.
        self.rank = [(2 if w == "**" else 1 if w.startswith("{") else 0) for w in self.path.split("/")]

    def matches(self, method, path):
        return self.method in (method, "ANY") and self.pattern.match(path)


class Client:
    """Requests as one user; notes which routes a case called."""

    def __init__(self, server, routes, token):
        self.server, self.routes, self.token, self.case = server, routes, token, ""

    def __call__(self, method, path, body=None, headers=None, root=V3):
        plain = path.split("?")[0]
        full = root + plain
        full = re.sub(r"^/(v1alpha[23])/", r"/kapis/devops.kubesphere.io/\1/", full)
        full = re.sub(r"^/kapis/clusters/[^/]+/", "/kapis/", full)
        hits = sorted((r for r in self.routes if r.matches(method, full)), key=lambda r: r.rank)
        if hits and self.case and self.case not in hits[0].cases:
            hits[0].cases.append(self.case)
        status, headers, text = self.server.request(method, root + path, self.token, body, headers)
        if headers.get("Content-Type", "").startswith("application/json"):
            return status, json.loads(text)
        return status, text

    def form(self, path, fields, root=V2):
        return self("POST", path, urllib.parse.urlencode(fields), {"Content-Type": "application/x-www-form-urlencoded"},
                    root)

    def until(self, good, method, path, root=V3):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status, body = self(method, path, root=root)
            if good(status, body):
                return body
            time.sleep(0.03)
        check("until " + path, False, str((status, body)))
        return body


def notes(body):
    return body["metadata"].get("annotations", {})


def make_project(client, name="demo", workspace="ws1"):
    status, body = client("POST", f"/workspaces/{workspace}/devops", {
        "apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject",
        "metadata": {"generateName": name, "labels": {"kubesphere.io/workspace": workspace},
                     "annotations": {"kubesphere.io/alias-name": "", "kubesphere.io/description": "",
                                     "kubesphere.io/creator": "mallory"}}})
    check(f"project {name} is made", status == 200, str(body))
    real = body["metadata"]["name"]
    client.until(lambda s, b: notes(b).get("devopsproject.devops.kubesphere.io/syncstatus") == "successful", "GET",
                 f"/workspaces/{workspace}/devops/{real}")
    return real, body


def make_pipeline(client, project, name, script="", **block):
    return client("POST", f"/devops/{project}/pipelines", {
        "kind": "Pipeline", "apiVersion": "devops.kubesphere.io/v1alpha3",
        "metadata": {"name": name, "namespace": project},
        "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": script, **block}}})


def secret(kind, name, **values):
    return {"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name, "labels": {"app": name}, "annotations": {"kubesphere.io/description": "d"}},
            "type": "credential.devops.kubesphere.io/" + kind,
            "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}}


DECLARATIVE = "pipeline {\n  agent any\n  stages {\n    stage('Build') { // kept\n      steps { echo 'one' }\n    }\n  }\n}\n"
