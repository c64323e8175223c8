#!/usr/bin/env python3
"""Runs of `windlass server` from outside: started, watched, answered, stopped, killed in the middle, deleted.

usage: runs_test.py WINDLASS
Everything goes over HTTP, as consoles and scripts do it. Ends with `N passed, N failed, N skipped`.
"""
import base64
import collections
import http.client
import json
import pathlib
import sys
import tempfile
import threading
import time

from harness import Server
from run_client import APIS, OURS, V2, V3, Client, blue, check, number_of, phase

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())


def whole_run(admin):
    admin.pipeline("whole", """
pipeline {
  agent { node { label 'base' } }
  stages {
    stage('Build') { steps {
      sh "echo hello world $WHO"
      writeFile file: 'out/a.txt', text: '0123456789'
      archiveArtifacts 'out/*.txt'
    } }
    stage('Both') { parallel {
      stage('one') { steps { echo 'in one' } }
      stage('two') { steps { sh 'echo in two' } }
    } }
  }
  post { always { echo 'afterwards' } }
}""", parameters=[{"name": "WHO", "type": "string", "default_value": "nobody"}])
    run = admin.start("whole", WHO="you")
    got = admin.ended(run)
    check("it succeeds", phase(got) == "Succeeded", got)
    check("and says so in Kubernetes' terms", got["status"]["conditions"][0]["type"] == "Succeeded"
          and got["status"]["conditions"][0]["status"] == "True", got)
    check("and in Blue Ocean's", (blue(got)["state"], blue(got)["result"], blue(got)["id"])
          == ("FINISHED", "SUCCESS", "1"), got)
    text = admin.log("whole", run)
    check("the log is Jenkins'", text.startswith("Started by user admin\n[Pipeline] Start of Pipeline\n")
          and "+ echo hello world you\nhello world you\n" in text and text.endswith("Finished: SUCCESS\n"), text)
    nodes = admin.call("GET", f"{V3}/namespaces/demo/pipelineruns/{run}/nodedetails")[1]
    check("the stages", [(n["displayName"], n["type"]) for n in nodes] == [
        ("Build", "STAGE"), ("Both", "STAGE"), ("one", "PARALLEL"), ("two", "PARALLEL"),
        ("Declarative: Post Actions", "STAGE")], nodes)
    by_name = {n["displayName"]: n for n in nodes}
    check("their edges", [e["type"] for e in by_name["Both"]["edges"]] == ["PARALLEL", "PARALLEL"]
          and [e["id"] for e in by_name["one"]["edges"]] == [by_name["Declarative: Post Actions"]["id"]], nodes)
    steps = by_name["Build"]["steps"]
    check("their steps", [s["displayName"] for s in steps] == [
        "Shell Script", "Write file to workspace", "Archive the artifacts"], steps)
    step = f"{admin.builds('whole', run)}/nodes/{by_name['Build']['id']}/steps/{steps[0]['id']}/log/"
    status, text, head = admin.call("GET", step + "?start=0")
    check("the log of one step", text == "+ echo hello world you\nhello world you\n"
          and head["X-Text-Size"] == str(len(text)) and head["X-More-Data"] is None, (text, dict(head)))
    check("from an offset", admin.call("GET", step + "?start=23")[1] == "hello world you\n")
    artifacts = admin.call("GET", admin.builds("whole", run) + "/artifacts/")[1]
    check("the artifacts", [(a["path"], a["size"]) for a in artifacts] == [("out/a.txt", 10)], artifacts)
    path = f"{V3}/namespaces/demo/pipelineruns/{run}/artifacts/download?filename=out%252Fa.txt"
    status, text, head = admin.call("GET", path)
    check("one is downloaded", (status, str(text)) == (200, "123456789") or text == "0123456789", (status, text))
    status, text, head = admin.call("GET", path, headers={"Range": "bytes=2-4"})
    check("ill 26: in parts too", (status, str(text)) == (206, "234") and head["Content-Range"] == "bytes 2-4/10", (status, text))
    check("not another file", admin.call("GET", f"{V3}/namespaces/demo/pipelineruns/{run}/artifacts/download"
                                         "?filename=..%2F..%2Frun.db")[0] == 404)
    status, again, _ = admin.call("POST", admin.builds("whole", run) + "/replay/", {"script": "echo 'another script'"})
    check("a replay has the next number", status == 200 and again["id"] == "2", again)
    log = f"{V2}/devops/demo/pipelines/whole/runs/2/log/"
    deadline = time.monotonic() + 60
    while "Finished" not in (text := admin.call("GET", log + "?start=0")[1]) and time.monotonic() < deadline:
        time.sleep(0.02)
    check("and the other script", text.startswith("Replayed #1\n") and "another script\n" in text, text)
    runs = admin.call("GET", f"{V2}/devops/demo/pipelines/whole/runs/?start=0&limit=1")[1]
    check("the list of runs", runs["totalItems"] == 2 and [r["id"] for r in runs["items"]] == ["2"], runs)
    runs = admin.call("GET", f"{V3}/namespaces/demo/pipelines/whole/pipelineruns?backward=false")[1]
    check("as objects", [r["metadata"]["name"] for r in runs["items"]][1:] == [run], runs)
    deadline = time.monotonic() + 60
    metadata = {}
    while time.monotonic() < deadline and not metadata.get("latestRun"):
        pipeline = admin.call("GET", f"{V3}/devops/demo/pipelines/whole")[1]
        metadata = json.loads(pipeline["metadata"]["annotations"]["pipeline.devops.kubesphere.io/jenkins-metadata"])
        time.sleep(0.02)
    check("the pipeline knows its weather", metadata["weatherScore"] == 100, metadata)


def bad_scripts(admin):
    admin.pipeline("broken", "pipeline { agent any\n stages { } }")
    got = admin.ended(admin.start("broken"))
    check("an invalid script fails", phase(got) == "Failed", got)
    check("and the object says who knows why", got["status"]["conditions"][0]["message"].endswith("windlass explain demo/broken#1"), got["status"])
    check("and its log says why", "No stages specified" in admin.log("broken", got["metadata"]["name"]))
    admin.pipeline("choosy", "echo params.C", parameters=[{"name": "C", "type": "choice", "default_value": "a\nb"}])
    got = admin.ended(admin.start("choosy", C="z"))
    check("a value that is no choice is refused", phase(got) == "Failed" and
          got["status"]["conditions"][0]["reason"] == "InvalidRequest", got)
    status, got, _ = admin.call("POST", f"{APIS}/namespaces/demo/pipelineruns", {
        "metadata": {"generateName": "x-"}, "spec": {"pipelineRef": {"name": "nowhere"}}})
    got = admin.until(got["metadata"]["name"], phase)
    check("ill 4: a run without its pipeline says what it waits for", phase(got) == "Pending" and
          got["status"]["conditions"][0]["reason"] == "PipelineNotFound", got)
    status, got, _ = admin.call("POST", f"{APIS}/namespaces/demo/pipelineruns", {
        "metadata": {"generateName": "lost-", "annotations": {"devops.kubesphere.io/jenkins-pipelinerun-id": "7"}},
        "spec": {"pipelineRef": {"name": "whole"}}})
    got = admin.until(got["metadata"]["name"], phase)
    check("ill 4: a run that this store never had says so, and is not started again", phase(got) == "Unknown" and
          got["status"]["conditions"][0]["reason"] == "RecordLost", got)


def secrets(admin):
    encoded = {k: base64.b64encode(v.encode()).decode() for k, v in {"username": "ada", "password": "s3cr3t!"}.items()}
    status, got, _ = admin.call("POST", f"{V3}/devops/demo/credentials", {
        "metadata": {"name": "cred"}, "type": "credential.devops.kubesphere.io/basic-auth", "data": encoded})
    check("a credential is made", status == 200, got)
    admin.pipeline("secretly", """
node {
  withCredentials([usernamePassword(credentialsId: 'cred', usernameVariable: 'U', passwordVariable: 'P')]) {
    sh 'echo "$U:$P ${#P}"'
  }
  sh 'echo "word is $WORD, ${#WORD} letters"'
}""", parameters=[{"name": "WORD", "type": "password"}])
    got = admin.ended(admin.start("secretly", WORD="sesame-open"))
    text = admin.log("secretly", got["metadata"]["name"])
    check("credentials of the project are bound and masked", "ada:**** 7" in text or "****:**** 7" in text, text)
    check("no secret in the log", "s3cr3t!" not in text, text)
    check("a password parameter reaches the script", ", 11 letters" in text, text)
    other = Client(admin.server, admin.token, "other")
    other.project_is_made()
    other.pipeline("curious", "node { withCredentials([string(credentialsId: 'cred', variable: 'X')]) { sh 'true' } }")
    foreign = other.ended(other.start("curious"))
    check("another project has none of it", phase(foreign) == "Failed"
          and "cred" in other.log("curious", foreign["metadata"]["name"]), foreign)
    admin.pipeline("late", """
input 'now?'
node { withCredentials([usernamePassword(credentialsId: 'cred', usernameVariable: 'U', passwordVariable: 'P')]) { sh 'true' } }""")
    late = admin.start("late")
    admin.until(late, lambda o: number_of(o) and blue(o)["state"] == "PAUSED")
    admin.call("DELETE", f"{V3}/devops/demo/credentials/cred")
    admin.server.kill()
    admin.server.start()
    # The object is as it was; the run itself has to come back first.
    deadline = time.monotonic() + 60
    while not (view := admin.view("late", late))["waiting"] and time.monotonic() < deadline:
        time.sleep(0.02)
    admin.call("POST", f"{admin.builds('late', late)}/nodes/0/steps/{view['waiting'][0]['node']}/", {"id": view["waiting"][0]["input"]["id"]})
    check("what was taken away is not there after a restart", phase(admin.ended(late)) == "Failed"
          and "cred" in admin.log("late", late), admin.log("late", late))
    check("and is not on the object", "sesame-open" not in json.dumps(got), got)


def questions(server, admin):
    admin.pipeline("asks", """
def answer = input(id: 'Go', message: 'Deploy?', ok: 'Yes', submitter: 'grace',
                   parameters: [string(name: 'WHERE', defaultValue: 'here')])
echo "to ${answer}"
""")
    server.add_member("eve", "demo", "developer")
    server.add_member("grace", "demo", "developer")
    server.add_member("vera", "demo", "viewer")
    eve, grace, vera = (Client(server, server.token(name)) for name in ("eve", "grace", "vera"))
    run = admin.start("asks")
    # Annotation and status are two writes: the first may be seen before the second.
    got = admin.until(run, lambda o: number_of(o) and blue(o)["state"] == "PAUSED" and phase(o) != "Pending")
    check("ill 1: a run that asks is running", phase(got) == "Running", got)
    node = admin.builds("asks", run) + "/nodesdetail/"
    # A Scripted run without stages has no nodes; its steps are found by number.
    waiting = admin.call("GET", node)[1]
    check("without stages there are no nodes", waiting == [], waiting)
    admin.pipeline("asks2", """
pipeline { agent none
  stages { stage('Ask') { steps {
    input(id: 'Go', message: 'Deploy?', submitter: 'grace')
  } } } }
""")
    run2 = admin.start("asks2")
    admin.until(run2, lambda o: number_of(o) and blue(o)["state"] == "PAUSED")
    details = eve.call("GET", admin.builds("asks2", run2) + "/nodesdetail/")[1]
    step = details[0]["steps"][-1]
    check("the question is there", step["state"] == "PAUSED" and step["input"]["message"] == "Deploy?"
          and step["aprovable"] is False, step)
    ours = eve.call("GET", f"{V3}/namespaces/demo/pipelineruns/{run2}/nodedetails")[1][0]["steps"][-1]
    check("ill 11: both spellings tell the truth", ours["approvable"] is False and grace.call(
        "GET", f"{V3}/namespaces/demo/pipelineruns/{run2}/nodedetails")[1][0]["steps"][-1]["approvable"] is True, ours)
    path = f"{admin.builds('asks2', run2)}/nodes/{details[0]['id']}/steps/{step['id']}/"
    status, got, _ = eve.call("POST", path, {"id": "Go"})
    check("who is not named may not answer", status == 200 and got["allow"] == "false" and "grace" in got["message"], got)
    status, got, _ = vera.call("POST", path, {"id": "Go"})
    check("ill 11: who may only look even less", status == 403, (status, got))
    status, got, _ = grace.call("POST", path, {"id": "Go", "parameters": []})
    check("who is named may", status == 200 and got == {"id": "Go"}, got)
    got = admin.ended(run2)
    check("and the run goes on", phase(got) == "Succeeded" and "Approved by grace" in admin.log("asks2", run2),
          admin.log("asks2", run2))
    status, got, _ = grace.call("POST", path, {"id": "Go"})
    check("a second answer is told so", got.get("allow") == "false", got)
    status, got, _ = vera.call("POST", admin.builds("asks", run) + "/stop/?blocking=true&timeOutInSecs=10", {})
    check("a viewer does not stop runs", status == 403, (status, got))
    status, got, _ = grace.call("POST", admin.builds("asks", run) + "/stop/?blocking=true&timeOutInSecs=10", {})
    check("a developer does, and waits for it", status == 200 and got["result"] == "ABORTED", got)
    check("ill 1: an aborted run is cancelled, not failed", phase(admin.ended(run)) == "Cancelled")
    check("and says by whom", "Aborted by grace" in admin.log("asks", run), admin.log("asks", run))


def whose_script(server, admin):
    """Who may start runs chooses neither what runs nor who is said to have started it."""
    eve = Client(server, server.token("eve"))
    stolen = {"type": "pipeline", "pipeline": {"name": "whole", "jenkinsfile": "echo 'mine'"}}
    objects = f"{APIS}/namespaces/demo/pipelineruns"
    body = {"metadata": {"generateName": "eve-"}, "spec": {"pipelineRef": {"name": "whole"}, "pipelineSpec": stolen}}
    status, got, _ = eve.call("POST", objects, body)
    check("a developer brings no script of her own", status == 403 and "pipelineSpec" in got["message"], got)
    status, got, _ = eve.call("POST", f"{V2}/devops/demo/pipelines/whole/runs/1/replay/", {"script": "echo 1"})
    check("nor by a replay", status == 403 and "change the pipeline" in str(got), got)
    status, got, _ = admin.call("POST", objects, body)
    check("who may change pipelines may", status == 201 and phase(admin.ended(got["metadata"]["name"])) == "Succeeded", got)
    del body["spec"]["pipelineSpec"]
    body["metadata"]["annotations"] = {"devops.kubesphere.io/creator": "grace"}
    status, got, _ = eve.call("POST", objects, body)
    check("and is nobody else", status == 201
          and got["metadata"]["annotations"]["devops.kubesphere.io/creator"] == "eve", got)
    name = got["metadata"]["name"]
    patch = {"Content-Type": "application/merge-patch+json"}
    for change in ({"spec": {"pipelineSpec": stolen}}, {"spec": {"pipelineRef": {"name": "asks"}}},
                   {"metadata": {"annotations": {"devops.kubesphere.io/creator": "grace"}}}):
        status, got, _ = eve.call("PATCH", f"{objects}/{name}", json.dumps(change), patch)
        check(f"{change} does not change", status == 403 and "does not change" in got["message"], got)
    status, got, _ = eve.call("PATCH", f"{objects}/{name}", json.dumps({"metadata": {"labels": {"mine": "yes"}}}), patch)
    check("labels do", status == 200 and got["metadata"]["labels"]["mine"] == "yes", got)
    admin.ended(name)
    check("it runs as eve", admin.log("whole", name).startswith("Started by user eve\n"), admin.log("whole", name))


def many_stages(admin):
    """Ill 8: more than a hundred stages are an answer like any other. And UNSTABLE is no failure (ill 1)."""
    admin.pipeline("stages", "for (int i = 0; i < 130; i++) { stage(\"s${i}\") { echo \"x${i}\" } }\nunstable 'so so'")
    run = admin.start("stages")
    got = admin.ended(run)
    check("ill 1: an unstable run has succeeded, and says that it is unstable", phase(got) == "Succeeded"
          and blue(got)["result"] == "UNSTABLE", got)
    status, nodes, _ = admin.call("GET", admin.builds("stages", run) + "/nodesdetail/?limit=10000")
    check("ill 8: 130 stages with their steps", status == 200 and len(nodes) == 130
          and all(len(n["steps"]) == 1 for n in nodes), len(nodes))


def long_run(admin):
    """A view of many steps is of the last ones, and pages lead to the rest; the old lists have all of them."""
    admin.pipeline("long", "stage('s') { for (int i = 0; i < 1500; i++) { sleep 0 } }\ncurrentBuild.keepLog = true\n")
    run = admin.start("long")
    ended = admin.ended(run)
    view = f"{OURS}/projects/demo/pipelines/long/runs/1"
    whole = admin.call("GET", view)[1]
    check("the last of its nodes", (len(whole["nodes"]), whole["nodesTotal"]) == (1001, 1501), (len(whole["nodes"]), whole["nodesTotal"]))
    check("with the stage around them", whole["nodes"][0]["step"] == "stage" and whole["nodes"][1]["path"] == "s / sleep@1 (501)", whole["nodes"][:2])
    page = admin.call("GET", f"{view}/nodes?before={whole['nodesBefore']}")[1]
    seen = {node["id"] for node in whole["nodes"]} | {node["id"] for node in page["nodes"]}
    check("and the rest", len(seen) == 1501 and page["nodesBefore"] is None, len(seen))
    for path, name in ((f"{V3}/namespaces/demo/pipelineruns/{run}/nodedetails", "approvable"),
                       (f"{V2}/devops/demo/pipelines/long/runs/1/nodesdetail/", "aprovable")):
        stages = admin.call("GET", path)[1]
        check("all steps where the old surfaces have them", len(stages) == 1 and len(stages[0]["steps"]) == 1500
              and all(name in step for step in stages[0]["steps"]), str(stages)[:300])
    steps = admin.call("GET", f"{V2}/devops/demo/pipelines/long/runs/1/nodes/{whole['nodes'][0]['id']}/steps/")[1]
    check("and those of one stage", [step["id"] for step in steps] == [step["id"] for step in stages[0]["steps"]], len(steps))
    points = admin.call("GET", f"{view}/restartpoints")[1]
    check("the last steps at which it can be restarted", (len(points["items"]), points["total"]) == (1000, 1500)
          and points["itemsBefore"] == points["items"][0]["step"], str(points)[:300])
    rest = admin.call("GET", f"{view}/restartpoints?before={points['itemsBefore']}&limit=5000")[1]
    steps = [point["step"] for point in rest["items"] + points["items"]]
    check("and the rest, in order", len(set(steps)) == 1500 and steps == sorted(steps) and rest["itemsBefore"] is None, len(set(steps)))
    check("one that is none is told so", admin.call("GET", f"{view}/restartpoints?before=999999")[0] == 400)
    admin.pipeline("busy", "node { for (int i = 0; i < 1200; i++) { fileExists 'x' } }")
    admin.ended(admin.start("busy"))
    where = f"{OURS}/projects/demo/pipelines/busy/runs/1/phases"
    last = admin.call("GET", where + "?limit=100")[1]
    first = admin.call("GET", f"{where}?before={last['nodesBefore']}&limit=5000")[1]
    nodes = [node["node"] for node in first["nodes"] + last["nodes"]]
    # Of two that begin within a millisecond one may be counted with the other.
    check("what their time went into comes by pages", (len(last["nodes"]), len(set(nodes)) - len(first["nodes"]), nodes == sorted(nodes),
          first["nodesBefore"]) == (100, 100, True, None) and first["nodes"], (len(last["nodes"]), len(first["nodes"])))
    check("its script wanted it kept", ended["metadata"]["annotations"].get("windlass.io/keep") == "true", ended["metadata"])


def fast_reader(server, admin):
    """Who reads a long answer faster than it is made holds up nobody."""
    admin.pipeline("longer", "stage('s') { for (int i = 0; i < 20000; i++) { echo 'x' } }")
    run = admin.start("longer")
    check("a run of many steps", phase(admin.ended(run, 120)) == "Succeeded")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    path = f"{V3}/namespaces/demo/pipelineruns/{run}/nodedetails"
    connection.request("GET", path, headers={"Authorization": "Bearer " + admin.token})
    whole = len(connection.getresponse().read())  # from now on its nodes are at hand
    got, begun = 0, threading.Event()
    connection.request("GET", path, headers={"Authorization": "Bearer " + admin.token})
    answer = connection.getresponse()

    def read():
        nonlocal got
        while part := answer.read1():
            got += len(part)
            begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait(60)
    status = server.request("GET", "/healthz")[0]
    then = got
    reader.join()
    connection.close()
    check("others are answered while it is on its way", status == 200 and then < whole * 3 // 4, (status, then, whole))
    check("and it comes whole", got == whole, (got, whole))


def declarative_lines(admin):
    admin.pipeline("lines", "pipeline {\n agent any\n stages {\n  stage('A') {\n   steps { echo 'a' }\n  }\n }\n}\n")
    admin.ended(admin.start("lines"))
    nodes = admin.call("GET", f"{OURS}/projects/demo/pipelines/lines/runs/1")[1]["nodes"]
    stage = next(node for node in nodes if node["path"] == "A")
    check("a stage of Declarative has its line", (stage["line"], stage["range"]["begin"]["line"], stage["range"]["end"]["line"]) == (4, 4, 6), stage)


def waiting_runs(admin, folder):
    admin.pipeline("single", f"node {{ sh 'while [ ! -e {folder}/go ]; do sleep 0.05; done' }}", disable_concurrent=True)
    first = admin.start("single")
    admin.until(first, lambda o: phase(o) == "Running")
    second = admin.start("single")
    got = admin.until(second, lambda o: number_of(o) and blue(o)["causeOfBlockage"] and phase(o))
    check("ill 1: a run in the queue is pending, and says why", phase(got) == "Pending"
          and blue(got)["causeOfBlockage"] == "Build #1 is already in progress", got)
    status, got, _ = admin.call("POST", admin.builds("single", second) + "/stop/", {})
    check("a queued run can be stopped", phase(admin.ended(second)) == "Cancelled", got)
    third = admin.start("single")
    pathlib.Path(folder, "go").touch()
    check("ill 2: two that wait are two runs", phase(admin.ended(first)) == phase(admin.ended(third)) == "Succeeded")
    admin.pipeline("locks", f"""
stage('Lift') {{ lock('the-crane') {{ node {{ sh 'echo in >> {folder}/crane; sleep 0.3; echo out >> {folder}/crane' }} }} }}""")
    runs = [admin.start("locks") for _ in range(4)]
    lines = [line for run in runs if admin.ended(run) for line in admin.call(
        "GET", f"{OURS}/projects/demo/pipelines/locks/runs/{admin.number(run)}/log/lines")[1]["lines"]]
    check("who waited says so in its stage", {line["node"] != 0 for line in lines if "is locked by" in line["text"]} == {True}, lines)
    check("locks hold across runs", all(phase(admin.ended(r)) == "Succeeded" for r in runs)
          and pathlib.Path(folder, "crane").read_text().split() == ["in", "out"] * 4,
          pathlib.Path(folder, "crane").read_text())
    admin.pipeline("stones", f"""
milestone 1
if (env.BUILD_NUMBER == '1') {{ node {{ sh 'while true; do sleep 0.05; done' }} }}
milestone 2
""")
    old = admin.start("stones")
    admin.until(old, lambda o: phase(o) == "Running")
    new = admin.start("stones")
    check("a newer run passes", phase(admin.ended(new)) == "Succeeded")
    check("and supersedes the older one", phase(admin.ended(old)) == "Cancelled"
          and "Superseded by #2" in admin.log("stones", old), admin.log("stones", old))


def noisy(admin):
    """What a run prints is not written into objects: only what can be seen on them is, and not more often than needed."""
    admin.pipeline("noisy", """
node { sh 'for i in $(seq 200); do echo $i; sleep 0.01; done' }
for (int i = 0; i < 200; i++) { node { echo "step $i" } }""")
    version = lambda: int(admin.call("GET", "/api/v1/namespaces/demo/configmaps?limit=1")[1]["metadata"]["resourceVersion"])
    before, began = version(), time.monotonic()
    run = admin.start("noisy")
    check("a noisy run succeeds", phase(admin.ended(run, 300)) == "Succeeded")
    writes, seconds = version() - before, time.monotonic() - began
    # Each second some, however long a slow machine needs; each line or step would be hundreds in a few seconds.
    check("ill 25: and writes its objects seldom", writes < 40 + 3 * seconds, f"{writes} writes in {seconds:.1f} s")


def deleted(admin, folder):
    admin.pipeline("endless", f"node {{ sh 'echo begun > {folder}/endless; while true; do sleep 0.1; done' }}")
    run = admin.start("endless")
    deadline = time.monotonic() + 60
    while not pathlib.Path(folder, "endless").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    status, got, _ = admin.call("DELETE", f"{V3}/namespaces/demo/pipelineruns/{run}")
    check("the API deletes no run that goes on", status == 400, (status, got))
    status, got, _ = admin.call("DELETE", f"{APIS}/namespaces/demo/pipelineruns/{run}")
    check("an object can be", status == 200, got)
    deadline = time.monotonic() + 60
    while admin.call("GET", f"{APIS}/namespaces/demo/pipelineruns/{run}")[0] != 404 and time.monotonic() < deadline:
        time.sleep(0.05)
    check("its run is stopped first, then both are gone",
          admin.call("GET", f"{APIS}/namespaces/demo/pipelineruns/{run}")[0] == 404
          and admin.call("GET", f"{V2}/devops/demo/pipelines/endless/runs/1")[0] == 404)


def restarts(server, admin, folder):
    admin.pipeline("again", f"""
pipeline {{
  agent any
  stages {{
    stage('Build') {{ steps {{ sh 'echo built >> {folder}/built' }} }}
    stage('Deploy') {{ steps {{ script {{
      def kept = 'value ' + env.BUILD_NUMBER
      sh 'true'
      sh "test -e {folder}/ready && echo deployed '$kept'"
    }} }} }}
  }}
}}""")
    ours = "/kapis/windlass.io/v1/projects/demo/pipelines/again/runs"
    first = admin.start("again")
    check("the first run fails", phase(admin.ended(first)) == "Failed")
    pathlib.Path(folder, "ready").touch()
    points = admin.call("GET", ours + "/1/restartpoints")[1]["items"]
    last = points[-1]
    check("its steps can be restarted", [p["kind"] for p in points].count("sh") == 3 and last["kind"] == "sh"
          and last["stage"] == "Deploy", points)
    status, plan, _ = admin.call("POST", ours + "/1/restart", {"step": last["step"], "dryRun": True})
    check("it says where it would begin", status == 200 and plan["at"]["step"] == last["step"] and plan["moved"] == [], plan)
    status, made, _ = admin.call("POST", ours + "/1/restart", {"step": last["step"]})
    check("a restart from a step", status == 200 and made["number"] == 2, made)
    server.kill()
    server.start()
    got = admin.ended(made["name"])
    text = admin.log("again", made["name"])
    check("goes on from there, even through a kill", phase(got) == "Succeeded" and "deployed value 1\n" in text
          and pathlib.Path(folder, "built").read_text() == "built\n", text)
    status, made, _ = admin.call("POST", ours + "/1/restart", {"stage": "Deploy"})
    got = admin.ended(made["name"])
    text = admin.log("again", made["name"])
    check("a restart from a stage skips what is before it", phase(got) == "Succeeded"
          and "deployed value 3\n" in text and pathlib.Path(folder, "built").read_text() == "built\n", text)
    for wrong in ({"stage": "Nowhere"}, {"step": 9999}, {}, {"stage": "Deploy", "step": 1}):
        status, got, _ = admin.call("POST", ours + "/1/restart", wrong)
        check(f"{wrong} is refused with a sentence", status in (400, 404), (status, got))


def metrics(server, admin):
    check("nobody reads the metrics", server.request("GET", "/metrics")[0] == 401)
    status, text, _ = admin.call("GET", "/metrics")
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    check("metrics count runs", float(values['windlass_runs_ended_total{result="SUCCESS"}']) >= 8
          and float(values['windlass_runs_ended_total{result="ABORTED"}']) >= 2
          and values["windlass_run_seconds_count"] != "0", text)
    served = {k: int(v) for k, v in values.items() if k.startswith('windlass_http_requests_total{surface="kapis"')}
    check("and requests by route", sum(served.values()) > 50
          and any('method="POST",route="/namespaces/{ns}/pipelines/{p}/pipelineruns",code="200"' in k for k in served), text)
    check("and journals and logs", int(values["windlass_journal_entries_total"]) > 50
          and int(values["windlass_log_bytes_total"]) > 1000, text)
    check("and executors", values['windlass_executors{node="built-in",state="free"}'] == "8", text)


def killed(server, admin, folder):
    admin.pipeline("counted", f"""
echo 'begin'
sleep 1
node {{ sh "echo $BUILD_NUMBER >> {folder}/first; sleep 1; echo $BUILD_NUMBER >> {folder}/second" }}
parallel a: {{ sleep 1 }}, b: {{ node {{ sh "echo $BUILD_NUMBER >> {folder}/third" }} }}
echo 'end'
""")
    runs = [admin.start("counted") for _ in range(20)]
    for pause in (0.7, 1.2, 1.0):
        time.sleep(pause)
        server.kill()
        server.start()
    results = [phase(admin.ended(r, 120)) for r in runs]
    check("every run goes on after three kills", results == ["Succeeded"] * 20, collections.Counter(results))
    for name in ("first", "second", "third"):
        lines = pathlib.Path(folder, name).read_text().split()
        check(f"no step of {name} was lost or done twice", sorted(map(int, lines)) == list(range(1, 21)), lines)
    texts = [admin.log("counted", r) for r in runs]
    check("each line is in the log once", all(t.count("begin\n") == 1 and t.count("\nend\n") == 1 for t in texts), texts[0])
    late = admin.start("counted")
    check("numbers go on", admin.number(late) == "21")
    check("and so do new runs", phase(admin.ended(late)) == "Succeeded")


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", "--executors", "8")
        try:
            admin = Client(server, server.token())
            admin.project_is_made()
            whole_run(admin)
            bad_scripts(admin)
            secrets(admin)
            questions(server, admin)
            whose_script(server, admin)
            waiting_runs(admin, folder)
            many_stages(admin)
            long_run(admin)
            fast_reader(server, admin)
            declarative_lines(admin)
            noisy(admin)
            deleted(admin, folder)
            metrics(server, admin)
            restarts(server, admin, folder)
            killed(server, admin, folder)
            server.kill(15)
            check("SIGTERM ends it cleanly", server.process.returncode == 0, str(server.process.returncode))
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
