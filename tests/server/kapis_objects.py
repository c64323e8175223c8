"""Cases of kapis_test.py: projects, pipelines, credentials."""
import base64
import json
import re
import threading

from kapis_client import DECLARATIVE, OURS, V2, V3, check, make_pipeline, make_project, notes, secret


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


def case_projects_by_name(client, _):
    """Our own: by their names, of whatever workspace."""
    status, made = client("POST", "/projects", {"name": "by-name", "workspace": "ws9"}, root=OURS)
    check("a project of that name", status == 201 and made["metadata"]["name"] == "by-name", str(made))
    check("of a workspace, made by who called", (made["metadata"]["labels"]["kubesphere.io/workspace"], notes(made)["kubesphere.io/creator"])
          == ("ws9", "admin"), str(made))
    client.until(lambda s, b: notes(b).get("devopsproject.devops.kubesphere.io/syncstatus") == "successful", "GET", "/projects/by-name", root=OURS)
    status, text = client("POST", "/projects", {"name": "by-name"}, root=OURS)
    check("twice is 409", status == 409 and "already exists" in text, str(text))
    for body, words in (({}, "name is required"), ({"name": "No_Name"}, "No_Name"), ([], "JSON object")):
        status, text = client("POST", "/projects", body, root=OURS)
        check(f"refused: {body}", status in (400, 422) and words in str(text), str((status, text)))
    status, got = client("GET", "/projects?limit=1000", root=OURS)
    check("in the list", "by-name" in [p["metadata"]["name"] for p in got["items"]] and got["totalItems"] == len(got["items"]), str(got))
    client.server.add_member("named-viewer", "by-name", "viewer")
    status, _, text = client.server.request("GET", OURS + "/projects", client.server.token("named-viewer"))
    check("a list shows what one may read", [p["metadata"]["name"] for p in json.loads(text)["items"]] == ["by-name"], text)
    status, got = client("DELETE", "/projects/by-name", root=OURS)
    check("deleted", status == 200, str(got))
    client.until(lambda s, b: s == 404, "GET", "/projects/by-name", root=OURS)


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
    client.server.objects("POST", f"/api/v1/namespaces/{project}/secrets", client.token,
                          {"metadata": {"name": "opaque"}, "stringData": {"k": "v"}})
    status, body = client("GET", where + "/opaque")
    check("other secrets are not here", status == 404, str(body))
    status, body = client("DELETE", where + "/opaque")
    check("nor can they be deleted here", status == 404, str(body))
    status, body = client("DELETE", where + "/c1")
    check("delete", (status, body) == (200, {"message": "success"}), str(body))
    client.until(lambda s, b: s == 404, "GET", where + "/c1")
