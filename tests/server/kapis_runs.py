"""Cases of kapis_test.py: runs, by KubeSphere's API and by ours."""
import json

from kapis_client import DECLARATIVE, OURS, V2, V3, check


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
    check("where its steps stand", whole["nodes"][0]["range"]["begin"] == {"line": 1, "column": 1}
          and all(n["range"] for n in whole["nodes"]), whole["nodes"])
    check("all of its nodes are shown", (whole["nodesTotal"], whole["nodesBefore"]) == (4, None), whole)
    status, few = client("GET", ours + "/1?limit=1", root=OURS)
    check("the last node and what is around it", [n["step"] for n in few["nodes"]] == ["stage", "node", "archiveArtifacts"]
          and few["nodesBefore"] == few["nodes"][-1]["id"], few["nodes"])
    status, page = client("GET", f"{ours}/1/nodes?before={few['nodesBefore']}&limit=1", root=OURS)
    check("the one before", [n["step"] for n in page["nodes"]] == ["stage", "node", "writeFile"]
          and page["nodesBefore"] == page["nodes"][-1]["id"] and page["version"] == whole["version"], page)
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
    for path in ("?limit=x", "?before=-1", "/1?limit=", "/1/nodes?before=a", "/1/phases?limit=1e3", "/1/restartpoints?before=x", "/1/tests?offset=x"):
        status, body = client("GET", ours + path, root=OURS)
        check(f"{path} is no number and told so", status == 400 and "is a number" in str(body), (status, body))
    status, storage = client("GET", f"/projects/{project}/storage", root=OURS)
    check("what its runs take, where there is a limit", (status, storage) == (200, {"bytes": None, "runs": None, "limit": None}), storage)
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
