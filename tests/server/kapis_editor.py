"""Cases of kapis_test.py: templates, the editor, settings, what is known and not offered, odd requests."""
import json
import pathlib
import re
import time
import urllib.parse

from kapis_client import DECLARATIVE, OURS, V2, V3, Client, check, make_pipeline, notes, secret


def kube(client, kind, path, body):
    status, _, text = client.server.objects("POST", path, client.token, {
        "apiVersion": "v1" if kind == "ConfigMap" else "devops.kubesphere.io/v1alpha3", "kind": kind, **body})
    check("POST " + path, status == 201, text)


def case_templates(client, project):
    group = "/apis/devops.kubesphere.io/v1alpha3"
    spec = {"template": "echo '$(.params.word)' x$(if .params.more)yes$(end)",
            "parameters": [{"name": "word", "required": True}, {"name": "more", "default": True}]}
    kube(client, "ClusterTemplate", group + "/clustertemplates", {"metadata": {"name": "ct"}, "spec": spec})
    kube(client, "Template", f"{group}/namespaces/{project}/templates", {"metadata": {"name": "t"}, "spec": spec})
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
        kube(client, "Pipeline", f"{group}/namespaces/{project}/pipelines", {
            "metadata": {"name": name, "annotations": {"windlass.io/from-template": origin}},
            "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": "echo 'x'"}}})
    long = {"template": "pipeline { agent any\n stages { stage('Build') { steps { sh '$(.params.command)' } } } }"}
    kube(client, "Template", f"{group}/namespaces/{project}/templates", {"metadata": {"name": "long"}, "spec": long})
    kube(client, "Pipeline", f"{group}/namespaces/{project}/pipelines", {"metadata": {"name": "unsaid"}, "spec": {
        "type": "pipeline", "pipeline": {"name": "unsaid", "jenkinsfile": long["template"].replace("$(.params.command)", "make all")}}})
    def used(by):
        return [(one["pipeline"], one["by"]) for one in client("GET", by + "/usage", root=OURS)[1]["items"]]

    def known(what, by, wanted):
        """At once by its script, a moment later by what is noted on it."""
        deadline = time.monotonic() + 60
        while used(by) != wanted and time.monotonic() < deadline:
            time.sleep(0.02)
        check(what, used(by) == wanted, str(used(by)))

    def script(name, text):
        status, body = client("PUT", f"/devops/{project}/pipelines/{name}/jenkinsfile?mode=raw", {"data": text})
        check(f"the script of {name} is edited", status == 200, str(body))

    check("a pipeline that does not say so is known by its script", [name for name, by in used(f"/projects/{project}/templates/long")] == ["unsaid"])
    known("and then it is noted", f"/projects/{project}/templates/long", [("unsaid", "annotation")])
    script("unsaid", "pipeline { agent any\n stages { stage('Other') { steps { echo 'all new' } } } }")
    known("so that it stays known when the script is another", f"/projects/{project}/templates/long", [("unsaid", "annotation")])
    maybe = {"template": "pipeline { agent any\n stages {\n$(if .params.test)stage('Test') { steps { sh 'make test' } }$(end)\nstage('Ship') { steps { sh 'make ship' } } } }"}
    kube(client, "ClusterTemplate", f"{group}/clustertemplates", {"metadata": {"name": "maybe"}, "spec": maybe})
    kube(client, "Pipeline", f"{group}/namespaces/{project}/pipelines", {"metadata": {"name": "ships"}, "spec": {
        "type": "pipeline", "pipeline": {"name": "ships", "jenkinsfile": ""}}})
    status, body = client("POST", "/clustertemplates/maybe/render", {"parameters": [{"name": "test", "value": ""}]})
    text = notes(body)["devops.kubesphere.io/render-result"]
    check("what a condition leaves out is not there", "make test" not in text and "make ship" in text, text)
    script("ships", text)
    known("a template with a condition, by what was rendered", "/clustertemplates/maybe", [("ships", "annotation")])
    script("ships", text.replace("make ship", "make ship it"))
    known("also when it was edited", "/clustertemplates/maybe", [("ships", "annotation")])
    status, body = client("POST", f"/devops/{project}/templates/long/render", {"parameters": [{"name": "command", "value": "make it"}]})
    script("ships", notes(body)["devops.kubesphere.io/render-result"])
    known("until it is made from another one", f"/projects/{project}/templates/long", [("ships", "annotation"), ("unsaid", "annotation")])
    check("and from the first no more", used("/clustertemplates/maybe") == [])
    status, body = client("GET", f"/projects/{project}/templates/t/usage", root=OURS)
    check("which pipelines were made from a template", body == {"items": [{"project": project, "pipeline": "of-t", "by": "annotation"}],
                                                              "totalItems": 1}, str(body))
    status, body = client("GET", "/clustertemplates/ct/usage", root=OURS)
    check("and from one for all projects", body["items"] == [{"project": project, "pipeline": "of-ct", "by": "annotation"}], str(body))
    status, body = client("GET", f"/projects/{project}/templates/none/usage", root=OURS)
    check("none is 404 there too", status == 404, str(body))
    for name in ("of-ct", "of-t", "of-none", "unsaid", "ships"):
        client("DELETE", f"/devops/{project}/pipelines/{name}")


def case_step_templates(client, project):
    kube(client, "ClusterStepTemplate", "/apis/devops.kubesphere.io/v1alpha3/clustersteptemplates", {
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
    kube(client, "ClusterStepTemplate", "/apis/devops.kubesphere.io/v1alpha3/clustersteptemplates", {
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
    kube(client, "ConfigMap", "/api/v1/namespaces/kubesphere-devops-system/configmaps",
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
