#!/usr/bin/env python3
"""What starts runs by itself on a server: other runs, the clock, tokens from outside; and keys that start one once.

usage: triggers_test.py WINDLASS [--kubeconfig FILE]
"""
import json
import pathlib
import sys
import tempfile
import threading

from harness import Server, of_cluster
from run_client import APIS, V2, V3, Client, check, number_of, phase, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
OF_CLUSTER, CLUSTER = of_cluster(sys.argv)
UPSTREAM = "windlass.io/upstream"


def followers(admin, name, upstream):
    return [o for o in admin.objects_of(name) if o["metadata"]["annotations"].get(UPSTREAM) == upstream]


def upstream(server, admin):
    admin.pipeline("first", "if (params.FAIL) { error 'no' }", parameters=[
        {"name": "FAIL", "type": "boolean", "default_value": "false"}])
    admin.pipeline("after", """
pipeline { agent none
  triggers { upstream(upstreamProjects: 'first, nowhere', threshold: hudson.model.Result.SUCCESS) }
  stages { stage('S') { steps { echo "after" } } } }""")
    admin.pipeline("always", "properties([pipelineTriggers([upstream(upstreamProjects: '../demo/first', threshold: 'FAILURE')])])")
    for name in ("after", "always"):
        admin.ended(admin.start(name))
    admin.ended(admin.start("first", FAIL="true"))
    made = until(lambda: followers(admin, "always", "demo/first#1"), "a failure starts who waits for that")
    admin.ended(made[0]["metadata"]["name"])
    admin.ended(admin.start("first"))
    made = until(lambda: followers(admin, "after", "demo/first#2"), "a success starts the other")
    run = made[0]["metadata"]["name"]
    check("it ends well", phase(admin.ended(run)) == "Succeeded")
    text = admin.log("after", run)
    check("its log says what started it", text.startswith(
        'Started by upstream project "demo/first" build number 2\noriginally caused by:\n Started by user admin\n'), text)
    check("who waits for success has not followed the failure", followers(admin, "after", "demo/first#1") == [])
    # Killed while runs end: each is followed once.
    runs = [admin.start("first") for _ in range(12)]
    for at_least in (1, 6):
        until(lambda: len(followers_of_all(admin)) >= at_least, "some have followed")
        server.kill()
        server.start()
    for run in runs:
        admin.ended(run)
    wanted = sorted(f"demo/first#{n}" for n in range(3, 15))
    until(lambda: followers_of_all(admin) == wanted, "each run is followed, through kills")
    for one in admin.objects_of("after"):
        admin.ended(one["metadata"]["name"])
    check("and once", followers_of_all(admin) == wanted, followers_of_all(admin))


def followers_of_all(admin):
    by = [o["metadata"]["annotations"].get(UPSTREAM) for o in admin.objects_of("after")]
    return sorted(u for u in by if u not in (None, "demo/first#2"))


def clock(admin):
    admin.pipeline("minutely", """
pipeline { agent none
  triggers { cron('* * * * *') }
  stages { stage('S') { steps { echo 'tick' } } } }""")
    admin.ended(admin.start("minutely"))
    by_timer = lambda: [o for o in admin.objects_of("minutely") if "-t-" in o["metadata"]["name"]]
    made = until(by_timer, "the cron line of a Jenkinsfile starts runs once it has run", 150)
    run = made[0]["metadata"]["name"]
    admin.ended(run)
    check("by the timer", admin.log("minutely", run).startswith("Started by timer\n"), admin.log("minutely", run))


def generic(server, admin):
    hook = {"enable": True, "token": "let-me-in", "cause": "pushed to $ref", "filter_text": "$ref",
            "filter_expression": "^(main|dev)$", "request_variables": [{"key": "ref", "regexp_filter": "^refs/heads/"}],
            "header_variables": [{"key": "X-Event"}]}
    admin.pipeline("hooked", "echo \"ref ${params.REF ?: env.ref} by ${env.x_event}\"", generic_webhook=hook)
    path = f"{V2}/webhook/generic-trigger"
    call = lambda query, headers=None, token=None: server.request("POST", path + query, token, {}, headers)
    until(lambda: call("?token=let-me-in&ref=other")[0] == 200, "the trigger's token is known")
    status, _, text = call("?token=let-me-in&ref=refs/heads/other")
    job = json.loads(text)["jobs"]["demo/hooked"]
    check("what does not fit the filter starts nothing", status == 200 and job["triggered"] is False
          and job["regexpFilterText"] == "other" and admin.objects_of("hooked") == [], text)
    status, _, text = call("?token=let-me-in&ref=refs/heads/main", {"X-Event": "push"})
    job = json.loads(text)["jobs"]["demo/hooked"]
    check("what fits starts a run, without an account", status == 200 and job["triggered"] is True
          and job["resolvedVariables"]["ref"] == "main", text)
    run = until(lambda: admin.objects_of("hooked"), "the run is there")[0]["metadata"]["name"]
    check("it runs", phase(admin.ended(run)) == "Succeeded", admin.log("hooked", run))
    text = admin.log("hooked", run)
    check("with its cause and its variables", text.startswith("pushed to main\n") and "ref main by push\n" in text, text)
    status, _, text = call("", {"X-Gitlab-Token": "let-me-in"})
    check("the token may come in a header", status == 200 and "demo/hooked" in text, text)
    check("a wrong token is nobody", call("?token=guess&ref=main")[0] == 401 and call("")[0] == 401)
    status, _, text = call("?token=guess&ref=main", token=admin.token)
    check("and for somebody there is no such job", status == 404 and json.loads(text)["jobs"] is None, text)
    check("the token is on no run", all("let-me-in" not in json.dumps(o["metadata"]) for o in admin.objects_of("hooked")))


def keys(server, admin):
    admin.pipeline("once", "echo 'x'", parameters=[{"name": "A", "type": "string"}])
    path = f"{V3}/namespaces/demo/pipelines/once/pipelineruns"
    body = {"parameters": [{"name": "A", "value": "1"}]}
    key = {"Idempotency-Key": "the first of May"}
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(admin.call("POST", path, body, key))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = {got["metadata"]["name"] for status, got, _ in answers if status == 200}
    check("one key is one run, however often at once", len(answers) == 6 and len(names) == 1
          and all(a[0] == 200 for a in answers), answers)
    server.kill()
    server.start()
    status, got, _ = admin.call("POST", path, body, key)
    check("also after a restart", status == 200 and got["metadata"]["name"] in names
          and len(admin.objects_of("once")) == 1, got)
    status, got, _ = admin.call("POST", path, {"parameters": [{"name": "A", "value": "2"}]}, key)
    check("another request with that key is refused", status == 409, got)
    status, got, _ = admin.call("POST", path, body, {"Idempotency-Key": "another"})
    check("another key is another run", status == 200 and got["metadata"]["name"] not in names, got)
    status, got, _ = admin.call("POST", path, body, {"Idempotency-Key": "x" * 256})
    check("a key has an end", status == 400, got)
    server.add_member("eve", "demo", "developer")
    eve = Client(server, server.token("eve"))
    status, got, _ = eve.call("POST", path, body, key)
    check("another one's key is hers alone", status == 200 and got["metadata"]["name"] not in names, got)
    replay = lambda: admin.call("POST", f"{V2}/devops/demo/pipelines/once/runs/1/replay/", {}, {"Idempotency-Key": "r"})
    first, again = replay(), replay()
    check("a replay too", first[0] == again[0] == 200 and first[1]["id"] == again[1]["id"], (first, again))


def across(server, admin):
    """A trigger upstream of another project: only where that one lets this project hear of its runs."""
    admin.project_made("north")
    admin.project_made("south")
    north, south = Client(server, admin.token, "north"), Client(server, admin.token, "south")
    north.pipeline("lib", "echo 'x'")
    south.pipeline("app", """
pipeline { agent none
  triggers { upstream('north/lib') }
  stages { stage('S') { steps { echo "after" } } } }""")
    south.ended(south.start("app"))
    north.ended(north.start("lib"))
    north.pipeline("other", "echo 'y'")
    north.ended(north.start("other"))
    check("nobody of another project follows unasked", followers(south, "app", "north/lib#1") == [])
    patch = {"Content-Type": "application/merge-patch+json"}
    note = lambda path, who: admin.call("PATCH", path, json.dumps({"metadata": {"annotations": {"windlass.io/followed-by": who}}}), patch)
    status, got, _ = note(f"{APIS}/namespaces/north/pipelines/lib", "east, south")
    check("the pipeline lets a project follow", status == 200, got)
    north.ended(north.start("lib"))
    made = until(lambda: followers(south, "app", "north/lib#2"), "it follows then")
    run = made[0]["metadata"]["name"]
    check("and runs in its own project", phase(south.ended(run)) == "Succeeded" and south.log("app", run).startswith(
        'Started by upstream project "north/lib" build number 2\n'), south.log("app", run))
    note(f"{APIS}/namespaces/north/pipelines/lib", None)
    north.ended(north.start("lib"))
    status, got, _ = note(f"{APIS}/devopsprojects/north", "*")
    check("or the project does, for all its pipelines", status == 200, got)
    north.ended(north.start("lib"))
    until(lambda: followers(south, "app", "north/lib#4"), "it follows again")
    check("what it was not let to hear of it has not followed", followers(south, "app", "north/lib#3") == [])


def generic_in_script(server, admin):
    """GenericTrigger(…) of a Jenkinsfile: known from its first run on, also after a kill; gone when it is taken away."""
    script = """
pipeline { agent none
  triggers { GenericTrigger(genericVariables: [[key: 'ref', value: '$.ref', regexpFilter: '^refs/heads/'],
                                               [key: 'files', value: '$.commits[*].file']],
                            genericHeaderVariables: [[key: 'X-Event']], token: 'in-the-script',
                            causeString: 'pushed to $ref', regexpFilterText: '$ref', regexpFilterExpression: '^main$') }
  stages { stage('S') { steps { echo "ref ${env.ref} by ${env.x_event}, ${env.files_1}" } } } }"""
    admin.pipeline("scripted-hook", script)
    path = f"{V2}/webhook/generic-trigger"
    push = {"ref": "refs/heads/main", "commits": [{"file": "a"}, {"file": "b"}]}
    call = lambda body, headers=None, token="in-the-script": server.request("POST", f"{path}?token={token}", None, body, headers)
    check("before it has run nobody knows it", call(push)[0] == 401)
    admin.ended(admin.start("scripted-hook"))
    until(lambda: call({"ref": "x"})[0] == 200, "its token is known once it has run")
    server.kill()
    server.start()
    until(lambda: call({"ref": "x"})[0] == 200, "after a kill too")
    job = json.loads(call({"ref": "refs/heads/dev"})[2])["jobs"]["demo/scripted-hook"]
    check("what does not fit starts nothing", job["triggered"] is False and job["resolvedVariables"]["ref"] == "dev", job)
    status, _, text = call(push, {"X-Event": "push"})
    job = json.loads(text)["jobs"]["demo/scripted-hook"]
    check("what fits starts a run", status == 200 and job["triggered"] and job["resolvedVariables"]["files_1"] == "b", text)
    run = job["id"]
    check("it runs", phase(admin.ended(run)) == "Succeeded", admin.log("scripted-hook", run))
    text = admin.log("scripted-hook", run)
    check("with its cause and its variables", text.startswith("pushed to main\n") and "ref main by push, b\n" in text, text)
    status, _, text = server.request("POST", f"{path}?token=in-the-script", None, "ref=main&x=y",
                                     {"Content-Type": "application/x-www-form-urlencoded"})
    check("a form is a map of lists", json.loads(text)["jobs"]["demo/scripted-hook"]["resolvedVariables"]["ref_0"] == "main", text)
    admin.call("PATCH", f"{APIS}/namespaces/demo/pipelines/scripted-hook", json.dumps(
        {"spec": {"pipeline": {"jenkinsfile": "echo 'no trigger any more'\nproperties([])"}}}),
        {"Content-Type": "application/merge-patch+json"})
    admin.ended(admin.start("scripted-hook"))
    until(lambda: call(push)[0] == 401, "taken away it is gone")


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", "--executors", "4", *OF_CLUSTER, cluster=CLUSTER)
        try:
            admin = Client(server, server.token())
            admin.project_made("demo")
            upstream(server, admin)
            generic(server, admin)
            across(server, admin)
            generic_in_script(server, admin)
            keys(server, admin)
            clock(admin)
            if CLUSTER:
                left = CLUSTER.leave_nothing()
                check("nothing is left on the cluster", not left, str(left))
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
