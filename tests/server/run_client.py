"""Pipelines and runs over HTTP as a test talks to them; counts its own checks."""
import json
import time

from harness import Checks

check = Checks()
APIS = "/apis/devops.kubesphere.io/v1alpha3"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
OURS = "/kapis/windlass.io/v1"


class Client:
    def __init__(self, server, token, project="demo"):
        self.server, self.token, self.project = server, token, project

    def call(self, method, path, body=None, headers=None):
        ask = self.server.objects if path.startswith(("/apis/", "/api/v1")) else self.server.request
        status, head, text = ask(method, path, self.token, body, headers)
        try:
            return status, json.loads(text), head
        except ValueError:
            return status, text, head

    def pipeline(self, name, script, **block):
        block.update(name=name, jenkinsfile=script)
        status, got, _ = self.call("POST", f"{V3}/devops/{self.project}/pipelines", {
            "metadata": {"name": name}, "spec": {"type": "pipeline", "pipeline": block}})
        check(f"the pipeline {name} is made", status == 200, got)

    def start(self, name, **parameters):
        status, got, _ = self.call("POST", f"{V3}/namespaces/{self.project}/pipelines/{name}/pipelineruns", {
            "parameters": [{"name": k, "value": v} for k, v in parameters.items()]})
        if status != 200:
            check(f"a run of {name} is started", False, got)
            return {}
        return got["metadata"]["name"]

    def run(self, run):
        return self.call("GET", f"{V3}/namespaces/{self.project}/pipelineruns/{run}")[1]

    def until(self, run, condition, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            got = self.run(run)
            if condition(got):
                return got
            time.sleep(0.02)
        check(f"{run} gets there in {seconds} s", False, json.dumps(got, indent=1))
        return got

    def ended(self, run, seconds=60):
        return self.until(run, lambda o: isinstance(o, dict) and o.get("status", {}).get("completionTime"), seconds)

    def number(self, run):
        got = self.until(run, lambda o: number_of(o))
        return number_of(got)

    def builds(self, name, run):
        return f"{V2}/devops/{self.project}/pipelines/{name}/runs/{self.number(run)}"

    def log(self, name, run):
        return self.call("GET", self.builds(name, run) + "/log/?start=0")[1]

    def project_made(self, name):
        """A project, once its namespace is there."""
        self.call("POST", f"{OURS}/projects", {"name": name})
        until(lambda: self.call("GET", f"/api/v1/namespaces/{name}")[0] == 200, f"the project {name} is made")

    def project_is_made(self):
        self.project_made(self.project)

    def view(self, name, run):
        """A run, by its object's name or its number, as our own API tells it; nothing of one that is not there yet."""
        number = run if str(run).isdigit() else self.number(run)
        status, got, _ = self.call("GET", f"{OURS}/projects/{self.project}/pipelines/{name}/runs/{number}")
        return got if status == 200 else {}

    def objects_of(self, name):
        """The PipelineRuns of a pipeline, oldest first."""
        got = self.call("GET", f"{APIS}/namespaces/{self.project}/pipelineruns?labelSelector="
                               f"devops.kubesphere.io%2Fpipeline%3D{name}")[1]
        return sorted(got["items"], key=lambda o: int(number_of(o) or 1 << 40))


def until(condition, what, seconds=60):
    """Waits for a truth; a failed check with `what` when it does not come."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        got = condition()
        if got:
            return got
        time.sleep(0.02)
    check(what, False, f"not within {seconds} s")
    return None


def number_of(run):
    return run.get("metadata", {}).get("annotations", {}).get("devops.kubesphere.io/jenkins-pipelinerun-id")


def blue(run):
    return json.loads(run["metadata"]["annotations"]["devops.kubesphere.io/jenkins-pipelinerun-status"])


def phase(run):
    return run.get("status", {}).get("phase")
