#!/usr/bin/env python3
"""KubeSphere's API of `windlass server`, by plain HTTP as its console speaks it.

usage: kapis_test.py WINDLASS [--write-page]
Each function case_… is a transcript. Which routes a case called is noted, and docs/compat/kubesphere.md must list each
route with its case: --write-page writes that table anew. At the end every route is called by nobody and by users of
each role (the table of rights). Ends with `N passed, N failed, N skipped`.
"""
import base64
import hashlib
import hmac
import json
import pathlib
import re
import sys
import tempfile
import threading
import time
import urllib.parse

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/compat/kubesphere.md"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
OURS = "/kapis/windlass.io/v1"
check = Checks()


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


DECLARATIVE = "pipeline {\n  agent any\n  stages {\n    stage('Build') { // kept\n      steps { echo 'one' }\n    }\n  }\n}\n"


def case_projects(client, _):
    real, made = make_project(client)
    check("its real name has a suffix", re.fullmatch(r"demo[a-z0-9]{5}", real), real)
    check("who made it is who called", notes(made)["kubesphere.io/creator"] == "admin", str(made))
    check("a fresh project is pending", notes(made)["devopsproject.devops.kubesphere.io/syncstatus"] == "pending")
    status, body = client("POST", "/workspaces/ws1/namespaces", {"metadata": {"generateName": "demo"}})
    check("the same name in a workspace is 409", status == 409 and isinstance(body, str), str(body))
    status, body = client("POST", "/workspaces/ws2/namespaces", {"metadata": {"generateName": "demo"}})
    check("in another one it is free", status == 200, str(body))
    status, body = client("POST", "/workspaces/ws1/devops", {"metadata": {"name": "x"}})
    check("without generateName 400", status == 400 and "generateName" in body, str(body))
    status, body = client("GET", "/workspaces/ws1/devops?page=1&limit=10&name=demo")
    check("list", status == 200 and body["totalItems"] == 1 and body["items"][0]["metadata"]["name"] == real, str(body))
    status, body = client("GET", "/workspaces/ws1/namespaces/" + real)
    check("one, by the 4.x path", body["metadata"]["name"] == real and body["status"]["adminNamespace"] == real, str(body))
    status, body = client("GET", "/workspaces/ws1/devops/demo?generateName=true")
    check("one by its name shown", body["metadata"]["name"] == real, str(body))
    for name, wanted in (("demo", True), ("nobody", False)):
        status, body = client("GET", f"/workspaces/ws1/devops/{name}?check=true&generateName=true")
        check(f"is {name} taken", (status, body) == (200, {"exist": wanted}), str(body))
    status, body = client("GET", "/workspaces/ws1/devops/demo?check=true")
    check("check without generateName is 400", status == 400, str(body))
    status, body = client("GET", "/workspaces/ws1/devops/nobody")
    check("none is 404 with text", status == 404 and isinstance(body, str) and body.endswith("\n"), str(body))
    status, body = client("GET", "/workspaces/other/devops/" + real)
    check("a project of another workspace is none of this one", status == 404, str(body))
    _, project = client("GET", "/workspaces/ws1/devops/" + real)
    project["metadata"]["annotations"]["kubesphere.io/description"] = "new"
    project["metadata"]["resourceVersion"] = "1"
    status, body = client("PUT", "/workspaces/ws1/devops/" + real, project)
    check("PUT never conflicts", status == 200 and notes(body)["kubesphere.io/description"] == "new", str(body))
    check("PUT keeps the finalizer", body["metadata"]["finalizers"] == ["devopsproject.finalizers.kubesphere.io"])
    for path in ("/workspaces/ws1/workspacemembers/admin/namespaces", "/workspaces/ws1/workspacemembers/admin/devops"):
        status, body = client("GET", path)
        check("projects of a member", status == 200 and real in [i["metadata"]["name"] for i in body["items"]], str(body))
    status, body = client("GET", "/workspaces/ws1/workspacemembers/nobody/namespaces")
    check("an unknown member has none", status == 200 and body["items"] == [], str(body))
    status, body = client("DELETE", "/workspaces/ws1/devops/" + real)
    check("DELETE", (status, body) == (200, {"message": "success"}), str(body))
    client.until(lambda s, b: s == 404, "GET", "/workspaces/ws1/devops/" + real)


def case_projects_at_once(client, _):
    """Twenty requests for the same name: one project."""
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        client.server.request("POST", V3 + "/workspaces/race/devops", client.token,
                              {"metadata": {"generateName": "same"}})[0])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check("only one is made", sorted(answers) == [200] + [409] * 19, str(answers))


def case_paths(client, project):
    """Both families, group-less twins, clusters, trailing slashes."""
    make_pipeline(client, project, "paths")
    for root, path in ((V3, f"/devops/{project}/pipelines/paths"), (V3, f"/namespaces/{project}/pipelines/paths"),
                       ("/v1alpha3", f"/devops/{project}/pipelines/paths"),
                       ("/v1alpha3", f"/namespaces/{project}/pipelines/paths/"),
                       ("/kapis/clusters/host/devops.kubesphere.io/v1alpha3", f"/devops/{project}/pipelines/paths"),
                       (V3, f"/klusters/host/devops/{project}/pipelines/paths")):
        status, body = client("GET", path, root=root)
        check("GET " + root + path, status == 200 and body["metadata"]["name"] == "paths", str(body))
    status, body = client("GET", "/apidocs.json", root="")
    check("apidocs.json", status == 200 and "/kapis/devops.kubesphere.io/v1alpha3/devops/{d}/pipelines" in body["paths"])
    check("which needs a token too", client.server.request("GET", "/apidocs.json")[0] == 401)
    status, body = client("GET", f"/devops/{project}/nothing")
    check("an unknown path is 404", status == 404, str(body))
    status, body = client("PATCH", f"/devops/{project}/pipelines/paths")
    check("another method is 405", status == 405, str(body))


def case_pipelines(client, project):
    status, made = make_pipeline(client, project, "p1", DECLARATIVE, discarder={"days_to_keep": "7", "num_to_keep": "10"},
                                 disable_concurrent=True, timer_trigger={"cron": "0 0 * * *"})
    check("create", status == 200, str(made))
    check("ill 19: a fresh pipeline has its state", notes(made)["pipeline.devops.kubesphere.io/syncstatus"] == "pending")
    where = f"/devops/{project}/pipelines/p1"
    body = client.until(lambda s, b: notes(b).get("pipeline.devops.kubesphere.io/syncstatus") == "successful" and
                        notes(b).get("pipeline.devops.kubesphere.io/jenkinsfile.validate") == "success", "GET", where)
    check("its JSON is there", json.loads(notes(body)["pipeline.devops.kubesphere.io/jenkinsfile"])["pipeline"]["stages"])
    check("its metadata is there", json.loads(notes(body)["pipeline.devops.kubesphere.io/jenkins-metadata"])["name"] == "p1")
    status, answer = make_pipeline(client, project, "p1")
    check("twice is 400, as the original has it", status == 400 and "already exists" in answer, str(answer))
    status, answer = make_pipeline(client, "nowhere", "p1")
    check("an unknown project is 404", status == 404, str(answer))
    make_pipeline(client, project, "p2")
    status, answer = client("GET", f"/namespaces/{project}/pipelines?name=p&sortBy=name&ascending=true&limit=1&page=2")
    check("list in pages", answer["totalItems"] >= 2 and len(answer["items"]) == 1, str(answer)[:300])
    status, answer = client("GET", f"/devops/{project}/pipelines?type=multi-branch-pipeline")
    check("list by type", (status, answer["totalItems"]) == (200, 0), str(answer))
    status, answer = client("GET", f"/devops/{project}/pipelines/none")
    check("none is 404", status == 404, str(answer))

    body["metadata"]["annotations"]["kubesphere.io/description"] = "d"
    status, changed = client("PUT", where, body)
    check("ill 6: what is changed shows at once, nothing mirrors it", status == 200 and notes(changed)["kubesphere.io/description"] == "d",
          str(changed))
    body["spec"]["pipeline"]["jenkinsfile"] = DECLARATIVE.replace("one", "two")
    status, changed = client("PUT", where, body)
    check("PUT changes the script (3.3)", "two" in changed["spec"]["pipeline"]["jenkinsfile"], str(changed))
    stale = json.loads(json.dumps(body))
    client("PUT", where + "/jenkinsfile?mode=raw", {"data": DECLARATIVE.replace("one", "three")})
    stale["spec"]["pipeline"]["disable_concurrent"] = False
    status, changed = client("PUT", where, stale)
    check("an object read earlier does not take the script back (3.4)",
          "three" in changed["spec"]["pipeline"]["jenkinsfile"] and "disable_concurrent" in str(changed), str(changed))
    status, answer = client("PUT", f"/devops/{project}/pipelines/none", body)
    check("PUT of none is 400", status == 400, str(answer))

    status, answer = client("PUT", where + "/jenkinsfile?mode=raw", {"data": DECLARATIVE})
    check("script", (status, answer) == (200, {"result": "success"}), str(answer))
    body = client.until(lambda s, b: notes(b).get("pipeline.devops.kubesphere.io/jenkinsfile.edit.mode") == "" and
                        "one" in notes(b)["pipeline.devops.kubesphere.io/jenkinsfile"], "GET", where)
    model = notes(body)["pipeline.devops.kubesphere.io/jenkinsfile"].replace("one", "from JSON")
    status, answer = client("PUT", where + "/jenkinsfile?mode=json", {"data": model})
    body = client.until(lambda s, b: "from JSON" in b["spec"]["pipeline"]["jenkinsfile"], "GET", where)
    check("the comment stays", "// kept" in body["spec"]["pipeline"]["jenkinsfile"], body["spec"]["pipeline"]["jenkinsfile"])
    for query, data in (("", {"data": "x"}), ("?mode=other", {"data": "x"}), ("?mode=raw", {"data": 1}), ("?mode=raw", [])):
        status, answer = client("PUT", where + "/jenkinsfile" + query, data)
        check("script refused " + query, status == 400, str(answer))
    for path in ("/branches", "/branches/main"):
        status, answer = client("GET", f"/namespaces/{project}/pipelines/p1{path}")
        check("no branches of a regular pipeline", status == 400, str(answer))
    status, answer = client("DELETE", where)
    check("delete", (status, answer) == (200, {"message": "success"}), str(answer))
    client.until(lambda s, b: s == 404, "GET", where)


def case_multi_branch(client, project):
    status, body = client("POST", f"/devops/{project}/pipelines", {
        "metadata": {"name": "mb"}, "spec": {"type": "multi-branch-pipeline", "multi_branch_pipeline": {
            "name": "mb", "source_type": "git", "git_source": {"url": "https://example.com/x.git"},
            "script_path": "Jenkinsfile"}}})
    check("a multi-branch pipeline can be kept", status == 200, str(body))
    body = client.until(lambda s, b: notes(b)["pipeline.devops.kubesphere.io/syncstatus"] == "failed", "GET",
                        f"/devops/{project}/pipelines/mb")
    check("and says that it does not run", "not discovered" in notes(body)["pipeline.devops.kubesphere.io/syncmsg"])
    status, body = client("GET", f"/namespaces/{project}/pipelines/mb/branches")
    check("its branches are 501", status == 501 and isinstance(body, str), str(body))


def secret(kind, name, **values):
    return {"apiVersion": "v1", "kind": "Secret",
            "metadata": {"name": name, "labels": {"app": name}, "annotations": {"kubesphere.io/description": "d"}},
            "type": "credential.devops.kubesphere.io/" + kind,
            "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}}


def stored_hash(client, project, name):
    return client.until(lambda s, b: notes(b).get("credential.devops.kubesphere.io/syncstatus") in ("successful", "failed"),
                        "GET", f"/devops/{project}/credentials/{name}")["metadata"]["annotations"][
                            "credential.devops.kubesphere.io/datahash"]


def case_credentials(client, project):
    where = f"/devops/{project}/credentials"
    status, made = client("POST", where, secret("basic-auth", "c1", username="ada", password="hunter2"))
    check("create", status == 200 and made["data"] == {"username": base64.b64encode(b"ada").decode(), "password": ""},
          str(made))
    check("marked", notes(made)["credential.devops.kubesphere.io/autosync"] == "true", str(made))
    plain = secret("secret-text", "c2")
    del plain["data"]
    plain["stringData"] = {"secret": "hunter2"}
    status, body = client("POST", where, plain)
    check("stringData", status == 200 and "hunter2" not in str(body), str(body))
    client("POST", where, secret("ssh-auth", "c3", username="git", private_key="-----BEGIN X PRIVATE KEY-----\nhunter2",
                                 passphrase="hunter2"))
    client("POST", where, secret("kubeconfig", "c4", content="clusters: [{name: hunter2}]"))
    status, body = client("POST", where, secret("other", "c5", x="y"))
    check("ill 19: another type is 400 with a sentence", status == 400 and "basic-auth" in body, str(body))
    status, body = client("GET", where + "?limit=20&sortBy=name&ascending=true")
    shown = json.dumps(body)
    check("list has the four", [i["metadata"]["name"] for i in body["items"]] == ["c1", "c2", "c3", "c4"], shown)
    check("no value is in it", "hunter2" not in shown and base64.b64encode(b"hunter2").decode() not in shown, shown)
    status, body = client("GET", where + "/c1?content=1")
    check("one, masked", status == 200 and body["data"]["password"] == "", str(body))
    before = stored_hash(client, project, "c1")
    _, body = client("GET", where + "/c1")
    body["metadata"]["annotations"]["kubesphere.io/description"] = "changed"
    status, body = client("PUT", where + "/c1", body)
    check("PUT of what was read", status == 200 and notes(body)["kubesphere.io/description"] == "changed", str(body))
    check("ill 7: GET then PUT keeps the value", stored_hash(client, project, "c1") == before)
    del body["data"]
    client("PUT", where + "/c1", body)
    check("PUT without data keeps it too", stored_hash(client, project, "c1") == before)
    client("PUT", where + "/c1", secret("basic-auth", "c1", username="ada", password="new"))
    client.until(lambda s, b: notes(b).get("credential.devops.kubesphere.io/datahash") not in (None, before), "GET", where + "/c1")
    status, body = client("PUT", where + "/c1", secret("secret-text", "c1", secret="x"))
    check("the type does not change", status == 400, str(body))
    make_pipeline(client, project, "uses", "withCredentials([string(credentialsId: 'c2', variable: 'X')]) {}")
    status, body = client("GET", where + "/c2/usage", root=V2)
    check("usage", body["id"] == "c2" and body["domain"] == "_" and
          [u["name"] for u in body["fingerprint"]["usage"]] == [project + "/uses"], str(body))
    client.server.request("POST", f"/api/v1/namespaces/{project}/secrets", client.token,
                          {"metadata": {"name": "opaque"}, "stringData": {"k": "v"}})
    status, body = client("GET", where + "/opaque")
    check("other secrets are not here", status == 404, str(body))
    status, body = client("DELETE", where + "/opaque")
    check("nor can they be deleted here", status == 404, str(body))
    status, body = client("DELETE", where + "/c1")
    check("delete", (status, body) == (200, {"message": "success"}), str(body))
    client.until(lambda s, b: s == 404, "GET", where + "/c1")


def kube(client, path, body):
    status, _, text = client.server.request("POST", path, client.token, body)
    check("POST " + path, status == 201, text)


def case_templates(client, project):
    group = "/apis/devops.kubesphere.io/v1alpha3"
    spec = {"template": "echo '$(.params.word)' x$(if .params.more)yes$(end)",
            "parameters": [{"name": "word", "required": True}, {"name": "more", "default": True}]}
    kube(client, group + "/clustertemplates", {"metadata": {"name": "ct"}, "spec": spec})
    kube(client, f"{group}/namespaces/{project}/templates", {"metadata": {"name": "t"}, "spec": spec})
    status, body = client("GET", "/clustertemplates?limit=100")
    check("list", status == 200 and body["totalItems"] == 1, str(body))
    status, body = client("GET", "/clustertemplates/ct")
    check("one", body["metadata"]["name"] == "ct", str(body))
    for path in ("/clustertemplates/ct", f"/devops/{project}/templates/t"):
        status, body = client("POST", path + "/render", {"parameters": [{"name": "word", "value": "hi"}]})
        check("render " + path, notes(body)["devops.kubesphere.io/render-result"] == "echo 'hi' xyes", str(body))
        status, body = client("POST", path + "/render", {})
        check("a missing parameter is 400", status == 400 and "word" in body, str(body))
    status, body = client("POST", "/clustertemplates/none/render", {})
    check("none is 404", status == 404, str(body))
    status, body = client("GET", f"/namespaces/{project}/templates")
    check("list of a project", body["totalItems"] == 1, str(body))
    status, body = client("GET", f"/namespaces/{project}/templates/t")
    check("one of a project", body["metadata"]["name"] == "t", str(body))
    for name, origin in (("of-ct", "ClusterTemplate/ct"), ("of-t", "Template/t"), ("of-none", "Template/other")):
        kube(client, f"{group}/namespaces/{project}/pipelines", {
            "metadata": {"name": name, "annotations": {"windlass.io/from-template": origin}},
            "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": "echo 'x'"}}})
    status, body = client("GET", f"/projects/{project}/templates/t/usage", root=OURS)
    check("which pipelines were made from a template", body == {"items": [{"project": project, "pipeline": "of-t"}],
                                                              "totalItems": 1}, str(body))
    status, body = client("GET", "/clustertemplates/ct/usage", root=OURS)
    check("and from one for all projects", body["items"] == [{"project": project, "pipeline": "of-ct"}], str(body))
    status, body = client("GET", f"/projects/{project}/templates/none/usage", root=OURS)
    check("none is 404 there too", status == 404, str(body))
    for name in ("of-ct", "of-t", "of-none"):
        client("DELETE", f"/devops/{project}/pipelines/{name}")


def case_step_templates(client, project):
    kube(client, "/apis/devops.kubesphere.io/v1alpha3/clustersteptemplates", {
        "metadata": {"name": "shell"},
        "spec": {"runtime": "shell", "template": "{{.param.command}}", "secret": {"wrap": True}, "container": "base",
                 "parameters": [{"name": "command", "type": "code", "defaultValue": "ls"}]}})
    status, body = client("GET", "/clustersteptemplates")
    check("list", body["totalItems"] == 1, str(body))
    status, body = client("GET", "/clustersteptemplates/shell")
    check("one", body["spec"]["runtime"] == "shell", str(body))
    status, body = client("POST", "/clustersteptemplates/shell/render", {"command": "echo \"a\"\nls"})
    step = json.loads(body["data"])
    check("ill 14: several lines stay valid JSON",
          step["children"][0]["arguments"][0]["value"]["value"] == "echo \"a\"\nls", str(body))
    client("POST", f"/devops/{project}/credentials", secret("basic-auth", "wrap", username="ada", password="hunter2"))
    status, body = client("POST", f"/clustersteptemplates/shell/render?secret=wrap&secretNamespace={project}", {})
    check("wrapped in its credential", "usernamePassword(credentialsId: 'wrap'" in body["data"] and
          json.loads(body["data"])["name"] == "container", str(body))
    kube(client, "/apis/devops.kubesphere.io/v1alpha3/clustersteptemplates", {
        "metadata": {"name": "thief"}, "spec": {"runtime": "shell", "template": "{{.secret}}"}})
    status, body = client("POST", f"/clustersteptemplates/thief/render?secret=wrap&secretNamespace={project}", {})
    check("a template sees no value of a secret", status == 200 and "aHVudGVyMg" not in str(body), str(body))


def case_repositories(client, project):
    for plural, spec in (("gitrepositories", {"provider": "git", "url": "https://example.com/x.git"}),
                         ("webhooks", {"server": "https://example.com/hook", "events": ["push"]})):
        where = f"/namespaces/{project}/{plural}"
        status, body = client("POST", where + "/", {"metadata": {"name": "r", "namespace": "elsewhere"}, "spec": spec})
        check(plural + " create forces the namespace", status == 200 and body["metadata"]["namespace"] == project, str(body))
        status, body = client("POST", where, {"metadata": {"name": "r"}, "spec": spec})
        check(plural + " twice is 409", status == 409, str(body))
        status, body = client("GET", where)
        check(plural + " list", body["totalItems"] == 1, str(body))
        status, body = client("GET", where + "/r")
        check(plural + " one", body["spec"] == spec, str(body))
        body["metadata"]["labels"] = {"a": "b"}
        body["metadata"]["resourceVersion"] = "1"
        status, body = client("PUT", where + "/r", body)
        check(plural + " update", body["metadata"]["labels"] == {"a": "b"}, str(body))
        status, body = client("DELETE", where + "/r")
        check(plural + " delete", (status, body) == (200, {"message": "success"}), str(body))
        status, body = client("GET", where + "/r")
        check(plural + " gone", status == 404, str(body))


def case_editor(client, project):
    where = f"/devops/{project}/pipelines/any/checkScriptCompile"
    status, body = client.form(where, {"value": DECLARATIVE})
    check("a good script", (status, body) == (200, {"status": "success"}), str(body))
    status, body = client.form(where, {"value": "pipeline {\n  agent any\n  stges {}\n}"})
    check("a bad one", body["status"] == "fail" and body["line"] == 3 and "stges" in body["message"], str(body))
    status, body = client.form(where, {"value": "node { echo 1 }"})
    check("scripted", body == {"status": "success"}, str(body))
    status, body = client.form(where, {"value": "(" * 100000})
    check("a hostile one", status == 200 and body["status"] == "fail", str(body)[:200])
    status, body = client.form("/tojson", {"jenkinsfile": DECLARATIVE})
    check("tojson", body["status"] == "ok" and body["data"]["result"] == "success", str(body))
    model = body["data"]["json"]
    status, body = client.form("/tojenkinsfile", {"json": model})
    check("tojenkinsfile", body["data"]["result"] == "success" and "stage('Build')" in body["data"]["jenkinsfile"], str(body))
    status, body = client.form("/tojson", {"jenkinsfile": "node {}"})
    check("scripted has no JSON", body["data"]["result"] == "failure" and body["data"]["errors"][0]["error"], str(body))
    for broken in ("", "{", "[" * 1000, '{"pipeline":{"stages":[{}]}}'):
        status, body = client.form("/tojenkinsfile", {"json": broken})
        check("wrong JSON " + broken[:10], status == 200 and body["data"]["result"] == "failure", str(body)[:300])


def case_cron(client, project):
    where = f"/devops/{project}/checkCron"
    status, body = client("POST", where, {"cron": "H H * * *", "name": "p1"}, root=V2)
    check("ill 10: a good one, by the name that consoles send", body["result"] == "ok" and "next run" in body["message"], str(body))
    check("its times", re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:00(\.\d+)?(Z|[+-]\d\d:\d\d)", body["nextTime"]), str(body))
    status, body = client("POST", where, {"cron": "TZ=Asia/Shanghai\nH 2 * * *", "pipelineName": "p1"}, root=V2)
    check("H and a zone", body["nextTime"].endswith("+08:00"), str(body))
    for cron in ("* * * *", "61 * * * *", "x"):
        status, body = client("POST", where, {"cron": cron}, root=V2)
        check("wrong: " + cron, status == 200 and body["result"] == "error" and body["message"], str(body))
    status, body = client("POST", where, {"cron": ""}, root=V2)
    check("none", body["result"] == "warning" and "never run" in body["message"], str(body))


def case_settings(client, project):
    kube(client, "/api/v1/namespaces/kubesphere-devops-system/configmaps",
         {"metadata": {"name": "jenkins-agent-config"}, "data": {"agent.labels": "base, go,maven"}})
    status, body = client("GET", "/ci/nodelabels")
    check("ill 16: labels of the ConfigMap and of agents", body["status"] == "success" and body["data"][:3] == ["base", "go", "maven"], str(body))
    status, body = client("GET", f"/devops/{project}/jenkins/labelsdashboard/labelsData", root=V2)
    check("labels of 3.3", body["status"] == "ok" and body["data"][0]["label"] == "base", str(body))
    status, body = client("GET", "/crumbissuer", root=V2)
    check("crumb", body["crumbRequestField"] == "Jenkins-Crumb" and len(body["crumb"]) > 20, str(body))


def case_later(client, project):
    """What is not offered says so; nothing is passed on to anything (ill 20)."""
    for method, path, root in (
            ("POST", "/scms/github/verify", V3), ("GET", "/scms/github/organizations", V3),
            ("GET", "/scms/github/organizations/o/repositories", V3),
            ("POST", "/webhooks/scm", V3), ("GET", f"/namespaces/{project}/gitrepositories/r/branches", V3),
            ("POST", f"/devops/{project}/pipelines/p/scan", V2), ("GET", f"/devops/{project}/pipelines/p/consolelog", V2),
            ("GET", f"/devops/{project}/pipelines/p/branches", V2), ("GET", f"/devops/{project}/pipelines/p/branches/b", V2),
            ("GET", f"/devops/{project}/pipelines/p/branches/b/runs", V2),
            ("POST", f"/devops/{project}/pipelines/p/branches/b/runs", V2),
            ("GET", "/scms/github/servers", V2), ("POST", "/webhook/git", V2), ("POST", "/webhook/github", V2),
            ("GET", "/jenkins/script", V2), ("POST", f"/devops/{project}/jenkins/scriptText", V2),
            ("PUT", f"/namespaces/{project}/s2ibinaries/b/file", V2),
            ("GET", f"/namespaces/{project}/applications", "/kapis/gitops.kubesphere.io/v1alpha1")):
        status, body = client(method, path, root=root)
        check(f"501 {path}", status == 501 and isinstance(body, str) and len(body) > 20, str((status, body)))
    for path in (f"/devops/{project}/pipelines/p/sonarstatus", f"/devops/{project}/pipelines/p/branches/b/sonarstatus"):
        status, body = client("GET", path, root=V2)
        check("no analysis", (status, body) == (200, []), str(body))
    status, body = client("POST", "/webhooks/jenkins", {"type": "run.initialize", "dataType":
                          "org.jenkinsci.plugins.workflow.job.WorkflowRun", "data": {"_parentFullName": project}})
    check("an event of a Jenkins is taken, and makes no run", (status, body) == (200, ""), str((status, body)))
    check("one that is no JSON is not", client("POST", "/webhooks/jenkins", "{")[0] == 400)


def case_every_known_route(client, project):
    """kubesphere_routes.txt: what KubeSphere's clients call is there, in all its paths; what comes later says so."""
    make_pipeline(client, project, "known", "echo 'x'")
    status, made = client("POST", f"/devops/{project}/pipelines", {"metadata": {"name": "known-mb"}, "spec": {
        "type": "multi-branch-pipeline", "multi_branch_pipeline": {
            "name": "known-mb", "source_type": "git", "script_path": "Jenkinsfile",
            "git_source": {"url": "https://example.com/x.git"}}}})
    check("a multi-branch pipeline beside it", status == 200, made)
    status, run = client("POST", f"/namespaces/{project}/pipelines/known/pipelineruns", {})
    client.until(lambda s, b: b.get("status", {}).get("completionTime"), "GET",
                 f"/namespaces/{project}/pipelineruns/{run['metadata']['name']}")
    words = {"d": project, "p": "known", "m": "known-mb", "pr": run["metadata"]["name"], "r": "1", "n": "2", "c": "none",
             "t": "none", "s": "none"}
    roots = {"gitops": ("/kapis/gitops.kubesphere.io/v1alpha1", "/v1alpha1")}
    count, later_ones = 0, 0
    for line in (pathlib.Path(__file__).parent / "kubesphere_routes.txt").read_text().splitlines():
        if line.startswith("#"):
            continue
        caller, method, version, path, *later = line.split()
        path = re.sub(r"{(\w+)}", lambda found: words[found[1]], path)
        families = [path]
        if "/DP" in path:
            families = [path.replace("/DP", f"/{word}/{project}") for word in ("devops", "namespaces")]
        if "/WS" in path:
            families = [path.replace("/WS", f"/workspaces/ws1/{word}") for word in ("devops", "namespaces")]
        for root in roots.get(version, (f"/kapis/devops.kubesphere.io/{version}", "/" + version)):
            for one in families:
                status, _, text = client.server.request(method, root + one, client.token,
                                                        {} if method in ("POST", "PUT") else None)
                unknown = text in ("404: Page Not Found\n", "405: Method Not Allowed\n")
                good = status == 501 and len(text) > 20 if later else status not in (405, 501) and status < 500
                check(f"{caller} {method} {root}{one}{' (later)' if later else ''}", good and not unknown, (status, text[:200]))
                count += 1
                later_ones += bool(later)
    check("there are as many as were known", count > 250 and later_ones < count / 3, (count, later_ones))


def case_blue_pipelines(client, project):
    """A pipeline in Blue Ocean's words, and the search of older consoles."""
    for name in ("blue-a", "blue-b"):
        make_pipeline(client, project, name, "echo 'x'", parameters=[{"name": "A", "type": "string", "default_value": "1"}])
        client.until(lambda s, b: notes(b).get("pipeline.devops.kubesphere.io/syncstatus") == "successful", "GET",
                     f"/devops/{project}/pipelines/{name}")
    where = f"/devops/{project}/pipelines/blue-a"
    status, one = client("GET", where, root=V2)
    check("as Jenkins has it", status == 200 and one["_class"].endswith("PipelineImpl") and one["name"] == "blue-a"
          and one["fullName"] == project + "/blue-a" and one["weatherScore"] == 100 and one["latestRun"] is None
          and one["permissions"]["start"] is True and one["parameters"][0]["type"] == "StringParameterDefinition", one)
    client("POST", where + "/runs", {}, root=V2)
    one = client.until(lambda s, b: b["latestRun"] and b["latestRun"]["state"] == "FINISHED", "GET", where, root=V2)
    check("its newest run", (one["latestRun"]["id"], one["latestRun"]["result"]) == ("1", "SUCCESS"), one)
    for name, there in (("blue-a", True), ("blue-none", False)):
        status, got = client("GET", f"/devops/{project}/pipelines/{name}?check=true", root=V2)
        check("is its name taken", (status, got) == (200, {"exist": there}), got)
    check("none", client("GET", f"/devops/{project}/pipelines/blue-none", root=V2)[0] == 404)
    asked = urllib.parse.quote(f"type:pipeline;organization:jenkins;pipeline:{project}/*blue*;excludedFromFlattening:x")
    status, got = client("GET", f"/search?q={asked}&filter=no-folders&start=1&limit=1", root=V2)
    check("the search, in pages", status == 200 and got["total_count"] == 2 and [i["name"] for i in got["items"]] == ["blue-b"], got)
    check("with the annotations", "pipeline.devops.kubesphere.io/syncstatus" in got["items"][0]["annotations"], got)
    check("which project must be said", client("GET", "/search?q=type:pipeline", root=V2)[0] == 400)
    client.server.add_member("searcher", project, None)
    other = Client(client.server, client.routes, client.server.token("searcher"))
    check("a stranger finds nothing (T47)", other("GET", f"/search?q={asked}", root=V2)[0] == 403)
    for name in ("blue-a", "blue-b"):
        client("DELETE", f"/devops/{project}/pipelines/{name}")


def case_bodies(client, project):
    where = f"/devops/{project}/pipelines"
    for body in ("{", "[" * 100000, "1", "[]", '{"a":' * 200 + "1" + "}" * 200, "\xff\xfe", "", "null"):
        status, answer = client("POST", where, body)
        check("body " + body[:10], status == 400, str((status, answer))[:200])
    status, answer = client("POST", where, '{"metadata":{"name":"x"},"pad":"' + "x" * (5 << 20) + '"}')
    check("a huge body", status in (400, 413), str((status, answer))[:200])
    status, answer = client("POST", where, {"metadata": {"name": "<b>&"}, "spec": {"type": "pipeline"}})
    check("texts are escaped", status == 400 and "<b>" not in answer and "&lt;b&gt;" in answer, answer)
    for name in ("..", "a%2F..%2Fb", "a" * 300, "%00"):
        status, answer = client("GET", where + "/" + urllib.parse.quote(name, safe="%"))
        check("name " + name[:10], status in (400, 404), str((status, answer)))


def case_after_a_crash(client, project):
    make_pipeline(client, project, "keeps", DECLARATIVE)
    client.server.kill()
    client.server.start()
    status, body = client("GET", f"/devops/{project}/pipelines/keeps")
    check("acknowledged is kept", status == 200, str(body))
    client.until(lambda s, b: notes(b).get("pipeline.devops.kubesphere.io/syncstatus") == "successful", "GET",
                 f"/devops/{project}/pipelines/keeps")


SECRET = "0123456789abcdefghijklmnopqrstuv"


def jwt(claims, header=None, secret=SECRET):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    covered = part(json.dumps(header or {"alg": "HS256", "typ": "JWT"}).encode()) + "." + part(json.dumps(claims).encode())
    return covered + "." + part(hmac.new(secret.encode(), covered.encode(), hashlib.sha256).digest())


def case_kubesphere_tokens(client, project):
    """JSON Web Tokens of KubeSphere, and the review that its plugin in Jenkins asks for (ill 20)."""
    now = int(time.time())
    good = {"username": "admin", "uid": "u1", "token_type": "access_token", "iss": "kubesphere", "iat": now,
            "exp": now + 600, "nbf": now}
    static = {"username": "admin", "email": "admin@kubesphere.io", "token_type": "static_token"}
    stranger = dict(good, username="nobody-here")
    path = f"{V3}/devops/{project}/pipelines"

    def status(token, headers=None):
        return client.server.request("GET", path, token, None, headers)[0]

    check("an access token", status(jwt(good)) == 200)
    check("a static token", status(jwt(static)) == 200)
    check("4.x names the user in sub", status(jwt({k: v for k, v in good.items() if k != "username"} | {"sub": "admin"})) == 200)
    check("passed on in a header of its own", status(None, {"X-KubeSphere-Authorization": "Bearer " + jwt(good)}) == 200)
    check("ill 24: who is known to KubeSphere only is somebody, and may nothing here", status(jwt(stranger)) == 403)
    check("but reads what all may", client.server.request("GET", V3 + "/clustertemplates", jwt(stranger))[0] == 200)
    wrong = {"expired": jwt(dict(good, exp=now - 60)), "not yet valid": jwt(dict(good, nbf=now + 600)),
             "without an end": jwt({k: v for k, v in good.items() if k != "exp"}),
             "of another secret": jwt(good, secret="another secret of enough length!"),
             "not signed": jwt(good, {"alg": "none"}).rsplit(".", 1)[0] + ".", "of another algorithm": jwt(good, {"alg": "RS256"}),
             "a refresh token": jwt(dict(good, token_type="refresh_token")), "nobody's": jwt({"exp": now + 600})}
    for name, token in wrong.items():
        check("a token that is " + name, status(token) == 401, token)

    def review(token, api="authentication.k8s.io/v1beta1"):
        code, _, text = client.server.request("POST", "/oauth/authenticate", None, {
            "apiVersion": api, "kind": "TokenReview", "spec": {"token": token}})
        return code, text

    code, text = review(jwt(good))
    check("review", code == 200 and json.loads(text) == {
        "apiVersion": "authentication.k8s.io/v1beta1", "kind": "TokenReview",
        "status": {"authenticated": True, "user": {"username": "admin", "uid": "u1"}}}, text)
    check("review of a token of ours", review(client.token)[0] == 200)
    for name, token in wrong.items():
        check("review of one that is " + name, review(token)[0] == 500)
    check("review of none", review("")[0] == 400)
    check("review of no JSON", client.server.request("POST", "/oauth/authenticate", None, "{")[0] == 400)


def case_runs(client, project):
    """Every run route once; what they show is in runs_test.py."""
    client("POST", f"/devops/{project}/pipelines", {"metadata": {"name": "runs"}, "spec": {
        "type": "pipeline", "pipeline": {"name": "runs", "jenkinsfile":
            "stage('s') { node { writeFile file: 'a', text: 'b'\narchiveArtifacts 'a' } }"}}})
    objects = f"/namespaces/{project}/pipelines/runs/pipelineruns"
    status, made = client("POST", objects, {"parameters": []})
    check("a run is made", status == 200 and made["metadata"]["generateName"] == "runs-", made)
    name = made["metadata"]["name"]
    one = f"/namespaces/{project}/pipelineruns/{name}"
    done = client.until(lambda s, b: b.get("status", {}).get("completionTime"), "GET", one)
    check("and ends", done["status"]["phase"] == "Succeeded", done)
    status, listed = client("GET", objects + "?backward=false")
    check("it is listed", status == 200 and listed["totalItems"] == 1, listed)
    status, listed = client("GET", objects)
    check("as Jenkins tells it", listed["items"][0]["result"] == "SUCCESS", listed)
    status, nodes = client("GET", one + "/nodedetails")
    check("its stage", [n["displayName"] for n in nodes] == ["s"], nodes)
    check("its artifact", client("GET", one + "/artifacts/download?filename=a") == (200, "b"))
    _, head, _ = client.server.request("GET", V3 + one + "/artifacts/download?filename=a", client.token)
    check("it cannot act in a browser", head["Content-Security-Policy"] == "sandbox; default-src 'none'"
          and head["X-Content-Type-Options"] == "nosniff" and head["Content-Disposition"].startswith("attachment"), str(head))
    status, started = client("POST", f"/namespaces/{project}/pipelines/runs/runs", {}, root=V2)
    check("started by the old API", status == 200 and started["id"] == "2", started)
    status, listed = client("GET", f"/devops/{project}/pipelines/runs/runs", root=V2)
    check("listed by it", listed["totalItems"] == 2, listed)
    node, step = nodes[0]["id"], nodes[0]["steps"][0]["id"]
    for middle, good in (("", 200), ("/branches/main", 404)):
        run = f"/devops/{project}/pipelines/runs{middle}/runs/1"
        for path in ("", "/artifacts", "/log/?start=0", "/nodes", "/nodesdetail", f"/nodes/{node}/steps",
                     f"/nodes/{node}/log", f"/nodes/{node}/steps/{step}/log/?start=0"):
            status, got = client("GET", run + path, root=V2)
            check(f"GET {run}{path}", status == good, got)
        status, got = client("POST", run + "/stop/", {}, root=V2)
        check("a run that has ended stays so", status == good and (good == 404 or got["result"] == "SUCCESS"), got)
        status, got = client("POST", run + "/replay/", {}, root=V2)
        check("a replay", status == good and (good == 404 or got["id"] == "3"), got)
        status, got = client("POST", f"{run}/nodes/{node}/steps/{step}/", {"id": "x"}, root=V2)
        check("nothing to answer", status == good and (good == 404 or got["allow"] == "false"), got)
    status, got = client("GET", f"/devops/{project}/pipelines/runs/runs/1x", root=V2)
    check("a number is a number", status == 404, got)
    ours = f"/projects/{project}/pipelines/runs/runs"
    status, listed = client("GET", ours + "?limit=2", root=OURS)
    check("our own list", [r["number"] for r in listed["items"]] == [3, 2], listed)
    status, whole = client("GET", ours + "/1", root=OURS)
    check("a whole run", whole["phase"] == "ended" and whole["may"]["replay"]["allowed"]
          and [n["step"] for n in whole["nodes"]] == ["stage", "node", "writeFile", "archiveArtifacts"], whole)
    status, points = client("GET", ours + "/1/restartpoints", root=OURS)
    check("where it can be restarted", status == 200 and [p["kind"] for p in points["items"]].count("writeFile") == 1, points)
    status, got = client("POST", ours + "/1/restart", {"stage": "s"}, root=OURS)
    check("a scripted run not from a stage", status == 400 and "Declarative" in got, got)
    for what in ("stop", "term", "kill", "pause", "resume"):
        status, got = client("POST", f"{ours}/1/{what}", {}, root=OURS)
        check(f"{what}: it has ended", status == 409 and "ended" in got, got)
    status, got = client("POST", "/webhook/generic-trigger?token=nobodys", {}, root=V2)
    check("no pipeline has that token", status == 404 and got["jobs"] is None, got)
    status, load = client("GET", "/load", root=OURS)
    check("the load", load["nodes"][0]["node"] == "built-in" and load["nodes"][0]["executors"] == 2, load)
    check("its log as text", client("GET", ours + "/1/log", root=OURS)[1].endswith("Finished: SUCCESS\n"))
    status, lines = client("GET", ours + "/1/log/lines?tail=1", root=OURS)
    check("its last line", [l["text"] for l in lines["lines"]] == ["Finished: SUCCESS"], lines)
    status, found = client("GET", ours + "/1/log/search?pattern=Finished", root=OURS)
    check("a search", status == 200 and '"done":"end"' in found, found)
    status, facts = client("GET", ours + "/1/compare/2", root=OURS)
    check("two runs beside each other", facts["definition"]["same"] and facts["stages"][0]["path"] == "s", facts)
    status, phases = client("GET", ours + "/1/phases", root=OURS)
    check("where its time went", phases["queue"] >= 0 and [n for n in phases["nodes"] if "queue" in n], phases)
    check("the runs beside it", (whole["previous"], whole["next"], whole["lastGreen"]) == (None, 2, None), whole)
    status, outline = client("GET", ours + "/1/outline", root=OURS)
    check("its outline", [e["path"] for e in outline["entries"]] == ["s"], outline)
    status, tests = client("GET", ours + "/1/tests", root=OURS)
    check("it has no tests", (tests["cases"], tests["failed"]) == ([], 0), tests)
    status, trend = client("GET", f"/projects/{project}/pipelines/runs/tests", root=OURS)
    check("nor has its pipeline", trend["items"] == [], trend)
    status, document = client("GET", "/openapi", root=OURS)
    ours_only = [r for r in client.routes if r.path.startswith(OURS)]
    check("every route of our own API is in its document", document["openapi"].startswith("3.") and
          all(r.method.lower() in document["paths"].get(r.path, {}) for r in ours_only), str(list(document["paths"])))
    status, events = client("GET", "/events?wait=0", root=OURS)
    check("the stream of events", status == 200 and events.startswith("retry:"), events)
    status, checked = client("POST", "/script/check", {"script": DECLARATIVE}, root=OURS)
    check("a script", checked["problems"] == [] and checked["outline"]["entries"][0]["path"] == "Build", checked)
    model = json.loads(json.dumps(checked["model"]).replace("one", "two"))
    status, edits = client("POST", "/script/edits", {"script": DECLARATIVE, "model": model}, root=OURS)
    check("a change of it touches nothing else", [e["text"] for e in edits["edits"]] == ["two"]
          and edits["edits"][0]["begin"]["line"] == 5, edits)
    for path, body in (("/script/check", {}), ("/script/edits", {"script": "x"})):
        status, got = client("POST", path, body, root=OURS)
        check("400 with a sentence " + path, status == 400 and "the body needs" in got, got)
    check("an ended run can be deleted", client("DELETE", one)[0] == 200)
    client.until(lambda s, b: s == 404, "GET", one)


def case_people(client, project):
    """Accounts, members and tokens by our own API."""
    status, me = client("GET", "/whoami", root=OURS)
    check("who am I", (status, me["name"], me["role"], me["scopes"]) == (200, "admin", "admin", ""), me)
    status, made = client("POST", "/accounts", {"name": "ann", "password": "correct horse"}, root=OURS)
    check("an account", status == 200 and made == {"name": "ann", "role": "user", "password": True, "disabled": False}, made)
    check("twice is 409", client("POST", "/accounts", {"name": "ann"}, root=OURS)[0] == 409)
    for body, sentence in (({"name": "a b"}, "letters, digits"), ({"name": "x", "password": "short"}, "10 characters"),
                           ({"name": "x", "role": "king"}, "admin"), ({"name": 5}, "1 to 63")):
        status, answer = client("POST", "/accounts", body, root=OURS)
        check(f"not {body}", status == 400 and sentence in answer, answer)
    check("one", client("GET", "/accounts/ann", root=OURS)[1]["name"] == "ann")
    check("none", client("GET", "/accounts/nobody", root=OURS)[0] == 404)
    status, listed = client("GET", "/accounts", root=OURS)
    check("the list", {"admin", "ann"} <= {a["name"] for a in listed["items"]}, listed)
    login = {"Accept": "application/json"}
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "correct horse"}, login)
    ann = Client(client.server, client.routes, json.loads(text)["token"])
    ann.case = client.case
    check("ann logs in", status == 200 and ann("GET", "/whoami", root=OURS)[1]["name"] == "ann", text)
    where = f"/devops/{project}/pipelines"
    check("and sees nothing yet", ann("GET", where)[0] == 403)
    members = f"/projects/{project}/members"
    check("no role of that name", client("PUT", members + "/ann", {"role": "king"}, root=OURS)[0] == 400)
    check("nobody of that name", client("PUT", members + "/nobody", {"role": "viewer"}, root=OURS)[0] == 404)
    check("no project of that name", client("PUT", "/projects/none/members/ann", {"role": "viewer"}, root=OURS)[0] == 404)
    status, made = client("PUT", members + "/ann", {"role": "viewer"}, root=OURS)
    check("a role", (status, made) == (200, {"user": "ann", "role": "viewer"}), made)
    check("at once", ann("GET", where)[0] == 200 and make_pipeline(ann, project, "ann")[0] == 403)
    check("which she cannot raise", ann("PUT", members + "/ann", {"role": "owner"}, root=OURS)[0] == 403)
    check("the members", client("GET", members, root=OURS)[1]["items"] == [{"user": "ann", "role": "viewer"}])
    status, token = ann("POST", "/tokens", {"name": "script", "scopes": ["read"], "expiresIn": 3600}, root=OURS)
    check("a token of her own", status == 200 and token["user"] == "ann" and token["scopes"] == "read", token)
    script = Client(client.server, client.routes, token["token"])
    check("reads", script("GET", where)[0] == 200)
    check("makes no wider one", script("POST", "/tokens", {"name": "x"}, root=OURS)[0] == 403)
    for body, sentence in (({"scopes": ["write"]}, "read or project:NAME"), ({"scopes": "read"}, "list of words"),
                           ({"expiresIn": -1}, "seconds"), ({"expiresIn": "1h"}, "seconds")):
        status, answer = ann("POST", "/tokens", body, root=OURS)
        check(f"no token {body}", status == 400 and sentence in answer, answer)
    check("not for others", ann("POST", "/tokens", {"user": "admin"}, root=OURS)[0] == 403)
    check("nor theirs", ann("GET", "/tokens?user=admin", root=OURS)[0] == 403 and ann("GET", "/tokens?all=true", root=OURS)[0] == 403)
    status, listed = ann("GET", "/tokens", root=OURS)
    mine = [t for t in listed["items"] if t["name"] == "script"]
    check("listed without its secret", len(mine) == 1 and mine[0]["used"] > 0 and token["token"] not in json.dumps(listed), listed)
    everybodys = client("GET", "/tokens?all=true", root=OURS)[1]["items"]
    check("administrators see all", {"admin", "ann"} <= {t["user"] for t in everybodys}, everybodys)
    foreign = next(t["id"] for t in everybodys if t["user"] == "admin")
    check("nobody revokes another's", ann("DELETE", "/tokens/" + foreign, root=OURS)[0] == 404)
    check("revoked", ann("DELETE", "/tokens/" + mine[0]["id"], root=OURS)[0] == 200 and script("GET", where)[0] == 401)
    check("once", ann("DELETE", "/tokens/" + mine[0]["id"], root=OURS)[0] == 404)
    status, narrow = client("POST", "/tokens", {"name": "one project", "scopes": ["project:" + project]}, root=OURS)
    narrow = Client(client.server, client.routes, narrow["token"])
    check("an administrator's token for a project", narrow("GET", where)[0] == 200)
    check("is for no other", narrow("GET", "/devops/other/pipelines")[0] == 403 and narrow("GET", "/accounts", root=OURS)[0] == 403)
    check("nor more", narrow("POST", "/tokens", {"name": "x"}, root=OURS)[0] == 403)
    password = "/accounts/ann/password"
    check("not without the old one", ann("PUT", password, {"password": "battery staple"}, root=OURS)[0] == 403)
    check("not of another", ann("PUT", "/accounts/admin/password", {"password": "battery staple"}, root=OURS)[0] == 403)
    status, answer = ann("PUT", password, {"old": "correct horse", "password": "battery staple"}, root=OURS)
    check("a new password", status == 200, answer)
    check("ends her sessions (T08)", ann("GET", "/whoami", root=OURS)[0] == 401)
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "battery staple"}, login)
    check("and opens new ones", status == 200, text)
    ann = Client(client.server, client.routes, json.loads(text)["token"])
    ann.case = client.case
    status, made = client("PUT", "/accounts/ann", {"disabled": True}, root=OURS)
    check("disabled", status == 200 and made["disabled"] and ann("GET", "/whoami", root=OURS)[0] == 401, made)
    status, _, text = client.server.request("POST", "/login", None, {"user": "ann", "password": "battery staple"}, login)
    check("the password opens nothing either", status == 401, text)
    client("PUT", "/accounts/ann", {"disabled": False}, root=OURS)
    check("and back", ann("GET", "/whoami", root=OURS)[0] == 200)
    check("a role for the server", client("PUT", "/accounts/ann", {"role": "admin"}, root=OURS)[1]["role"] == "admin"
          and ann("GET", "/accounts", root=OURS)[0] == 200)
    client("PUT", "/accounts/ann", {"role": "user"}, root=OURS)
    for method, path, body in (("PUT", "/accounts/admin", {"role": "user"}), ("PUT", "/accounts/admin", {"disabled": True}),
                               ("DELETE", "/accounts/admin", None)):
        status, answer = client(method, path, body, root=OURS)
        check(f"the last administrator stays: {method} {body}", status == 409 and "last administrator" in answer, answer)
    check("out of the project", client("DELETE", members + "/ann", root=OURS)[0] == 200 and ann("GET", where)[0] == 403)
    check("once", client("DELETE", members + "/ann", root=OURS)[0] == 404)
    client("PUT", members + "/ann", {"role": "owner"}, root=OURS)
    check("deleted", client("DELETE", "/accounts/ann", root=OURS)[0] == 200 and ann("GET", "/whoami", root=OURS)[0] == 401)
    check("with all memberships", client("GET", members, root=OURS)[1]["items"] == [])


def case_configuration(client, project):
    status, got = client("GET", "/configuration", root=OURS)
    check("nothing is configured", status == 200 and got == {"problem": "", "used": [], "findings": [], "configuration": None}, str(got))
    status, got = client("POST", "/configuration/reload", {}, root=OURS)
    check("nor after another look", status == 200 and got["configuration"] is None, str(got))


def case_operations(client, project):
    """What operators ask a running server for; backup_test.py looks into what comes."""
    status, tar = client("POST", "/backup", root=OURS)
    check("a backup", status == 200 and tar.startswith("objects.db") and "MANIFEST.json" in tar, f"{status} {tar[:200]}")
    status, got = client("POST", "/key/rotation", {}, root=OURS)
    check("another key", (status, got) == (200, {"result": "success"}), got)


ROLES = ("viewer", "developer", "maintainer", "owner")


def check_rights(server, routes, project):
    """T46: every route by nobody, by a stranger, and by each role: 401, 403, or something else."""
    def people():
        server.add_member("stranger", project, None)
        for role in ROLES:
            server.add_member(role, project, role)

    def made_again():
        """The project, after its owner has deleted it: with all in it went what anybody was in it."""
        admin, path = server.token(), "/apis/devops.kubesphere.io/v1alpha3/devopsprojects"
        deadline = time.monotonic() + 60
        while server.request("GET", f"{path}/{project}", admin)[0] != 404 and time.monotonic() < deadline:
            time.sleep(0.02)
        server.request("POST", path, admin, {"metadata": {"name": project}})
        while server.request("GET", f"/api/v1/namespaces/{project}", admin)[0] != 200 and time.monotonic() < deadline:
            time.sleep(0.02)
        people()

    people()
    tokens = {user: server.token(user) for user in ("stranger", *ROLES)}
    changing = ("create", "update", "delete")
    for route in routes:
        path = route.path.replace("DP", "devops/" + project).replace("WS", "workspaces/ws1/devops")
        path = path.replace("{ws}", "ws1").replace("{d}", project).replace("{ns}", project).replace("**", "x")
        path = re.sub(r"{\w+}", "none", path)
        method = "GET" if route.method == "ANY" else route.method
        body = {} if method in ("POST", "PUT") else None
        name = f"{method} {route.path}"
        status, _, text = server.request(method, path, None, body)
        check(f"nobody may not {name}", status == 401 and json.loads(text)["kind"] == "Status", f"{status} {text}")
        status, _, text = server.request(method, path, "wl_" + "a" * 51, body)
        check(f"a wrong token may not {name}", status == 401, f"{status} {text}")
        if route.right.startswith("anybody"):
            continue
        verb, resource = route.right.split()
        resource = resource.split(".")[0]
        shared = resource in ("clustertemplates", "clustersteptemplates")
        for user, token in tokens.items():
            status, _, text = server.request(method, path, token, body)
            may = shared and verb not in changing
            if resource in ("accounts", "backups", "configurations", "keyrotations"):
                may = False
            elif user == "owner":
                may = may or not (resource == "devopsprojects" and verb == "create")
            elif user == "maintainer":
                may = may or resource not in ("devopsprojects", "members") or verb not in changing
            elif user == "developer" and resource == "pipelineruns":
                may = True
            elif user in ("viewer", "developer"):
                may = may or (verb not in changing and resource != "secrets")
            check(f"{user}: {name} {'may' if may else 'may not'}", (status != 403) == may, f"{status} {text}")
        if resource == "devopsprojects" and verb == "delete":
            made_again()


BEGIN, END = "<!-- routes: written by tests/server/kapis_test.py --write-page -->", "<!-- end of routes -->"


def page_table(routes):
    lines = [BEGIN, "| method | path | right | what | test |", "|---|---|---|---|---|"]
    for route in routes:
        case = route.cases[0] if route.cases else "-"
        lines.append(f"| {route.method} | `{route.path.replace('/kapis/devops.kubesphere.io', '')}` | {route.right} | {route.what} | {case} |")
    return "\n".join(lines + [END])


def main():
    code, out, err = run(WINDLASS, "server", "--explain-routes")
    routes = [Route(line) for line in out.splitlines()]
    check("--explain-routes", code == 0 and len(routes) > 40, err)
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "kubesphere.yaml")
        config.write_text(f"authentication:\n  jwtSecret: {SECRET}\n  maximumClockSkew: 10s\ndevops:\n  host: x\n")
        server = Server(WINDLASS, folder + "/data", "--config", str(config))
        try:
            client = Client(server, routes, server.token())
            project, _ = make_project(client, "shared")
            for name, case in list(globals().items()):
                if name.startswith("case_"):
                    client.case = name
                    case(client, project)
            check_rights(server, routes, project)
            server.kill(15)
            check("SIGTERM ends it cleanly", server.process.returncode == 0, str(server.process.returncode))
        finally:
            if server.process.poll() is None:
                server.process.kill()
    for route in routes:
        check(f"a case calls {route.method} {route.path}", route.cases)
    page = PAGE.read_text()
    table = page_table(routes)
    if "--write-page" in sys.argv:
        start, end = page.index(BEGIN), page.index(END) + len(END)
        PAGE.write_text(page[:start] + table + page[end:])
    else:
        check("docs/compat/kubesphere.md has the routes and their cases (write it anew with --write-page)", table in page)
    check.end()


main()
