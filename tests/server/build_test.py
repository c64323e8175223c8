#!/usr/bin/env python3
"""`build` of other pipelines on a server, from outside: found, started once, waited for through kills, aborted.

usage: build_test.py WINDLASS
"""
import collections
import json
import pathlib
import sys
import tempfile

from harness import Server, run as command
from run_client import APIS, Client, blue, check, number_of, phase, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
UPSTREAM = "windlass.io/upstream"


def wrapper(admin):
    admin.pipeline("child", """
echo "got ${params.WHAT} and ${params.MODE}"
env.MADE = 'here'
""", parameters=[{"name": "WHAT", "type": "string", "default_value": "nothing"},
                 {"name": "MODE", "type": "choice", "default_value": "fast\nslow"}])
    admin.pipeline("parent", """
def made = build job: 'child', parameters: [string(name: 'WHAT', value: 'a thing'), string(name: 'EXTRA', value: 'x')]
echo "number=${made.number} result=${made.result} current=${made.currentResult} name=${made.fullDisplayName}"
echo "url=${made.absoluteUrl}"
echo "variables=${made.buildVariables}"
""")
    run = admin.start("parent")
    got = admin.ended(run)
    text = admin.log("parent", run)
    check("a build succeeds", phase(got) == "Succeeded", text)
    check("its log is Jenkins'", "Scheduling project: child\n" in text and "Starting building: demo » child #1\n" in text, text)
    check("what a run wrapper tells", "number=1 result=SUCCESS current=SUCCESS name=demo » child #1\n" in text
          and "/job/demo/job/child/1/\n" in text and "WHAT:a thing" in text and "MADE:here" in text, text)
    check("what the other pipeline does not define is left out, and said", "the parameter EXTRA is not passed on" in text, text)
    child = admin.objects_of("child")
    check("the other run is an object", len(child) == 1 and child[0]["metadata"]["annotations"][UPSTREAM] == "demo/parent#1", child)
    name = child[0]["metadata"]["name"]
    text = admin.log("child", name)
    check("its log says who started it", text.startswith(
        'Started by upstream project "demo/parent" build number 1\noriginally caused by:\n Started by user admin\n'), text)
    check("and it got its parameters, and defaults", "got a thing and fast\n" in text, text)
    admin.pipeline("wrong", "build job: 'child', parameters: [string(name: 'MODE', value: 'sideways')]")
    run = admin.start("wrong")
    check("a choice must exist", phase(admin.ended(run)) == "Failed" and "valid choices are [fast, slow]" in
          admin.log("wrong", run) and len(admin.objects_of("child")) == 1, admin.log("wrong", run))


def names(server, admin):
    admin.project_made("other")
    other = Client(server, admin.token, "other")
    other.pipeline("theirs", "echo 'in other'")
    for number, name in enumerate(("child", "./child", "../demo/child", "/demo/child", "demo/child"), 1):
        admin.pipeline(f"by{number}", f"build '{name}'")
        run = admin.start(f"by{number}")
        check(f"{name} is found", phase(admin.ended(run)) == "Succeeded", admin.log(f"by{number}", run))
    for number, name in enumerate(("nowhere", "other/theirs", "/other/theirs", "../other/theirs", "../../x", "", "../.."), 1):
        admin.pipeline(f"not{number}", f"build '{name}'")
        run = admin.start(f"not{number}")
        check(f"‘{name}’ is not", phase(admin.ended(run)) == "Failed"
              and f"No item named {name} found" in admin.log(f"not{number}", run), admin.log(f"not{number}", run))
    check("and nothing was started there", other.objects_of("theirs") == [])
    patch = {"Content-Type": "application/merge-patch+json"}
    status, got, _ = admin.call("PATCH", f"{APIS}/devopsprojects/other", json.dumps(
        {"metadata": {"annotations": {"windlass.io/builds-from": "somebody, demo"}}}), patch)
    check("a project lets another one in", status == 200, got)
    run = admin.start("not2")
    check("then it is found", phase(admin.ended(run)) == "Succeeded", admin.log("not2", run))
    check("and runs there", len(other.objects_of("theirs")) == 1)
    status, got, _ = admin.call("POST", f"{APIS}/namespaces/demo/pipelineruns", {
        "metadata": {"generateName": "x-", "annotations": {"windlass.io/order": "made up"}},
        "spec": {"pipelineRef": {"name": "child"}}})
    check("nobody else says that a run was ordered", status == 403 and "by the server only" in got["message"], got)


def results(admin):
    admin.pipeline("bad", "error 'no'")
    admin.pipeline("shaky", "unstable 'hm'")
    admin.pipeline("strict", "build 'bad'")
    run = admin.start("strict")
    check("a failure goes on", phase(admin.ended(run)) == "Failed" and
          "demo » bad #1 completed with status FAILURE (propagate: false to ignore)" in admin.log("strict", run),
          admin.log("strict", run))
    admin.pipeline("lenient", "echo 'it was ' + build(job: 'bad', propagate: false).result; build 'shaky'")
    run = admin.start("lenient")
    got = admin.ended(run)
    check("or not, and unstable is no success", blue(got)["result"] == "UNSTABLE" and "it was FAILURE" in
          admin.log("lenient", run), admin.log("lenient", run))


def not_waiting(admin, folder):
    admin.pipeline("slow", f"node {{ sh 'while [ ! -e {folder}/slow ]; do sleep 0.05; done' }}")
    admin.pipeline("leaves", "build job: 'slow', wait: false")
    admin.ended(admin.start("leaves"))
    first = until(lambda: admin.objects_of("slow"), "a run that nobody waits for is made")[0]["metadata"]["name"]
    admin.until(first, lambda o: phase(o) == "Running")
    admin.pipeline("starts", "def it = build job: 'slow', waitForStart: true; echo \"started ${it.number} ${it.result}\"")
    run = admin.start("starts")
    check("waitForStart does not wait for the end", phase(admin.ended(run)) == "Succeeded"
          and "started 2 null" in admin.log("starts", run), admin.log("starts", run))
    pathlib.Path(folder, "slow").touch()
    check("both go on by themselves", [phase(admin.ended(o["metadata"]["name"])) for o in admin.objects_of("slow")]
          == ["Succeeded"] * 2)
    admin.pipeline("later", "build job: 'child', quietPeriod: 3600")
    run = admin.start("later")
    queued = until(lambda: [o for o in admin.objects_of("child") if o["metadata"]["annotations"].get(UPSTREAM) == "demo/later#1"
                            and number_of(o)], "the run with a quiet period is made")[0]
    view = admin.view("child", number_of(queued))
    check("a quiet period is waited for, and said", view["phase"] == "queued" and view["reason"]["code"] == "quiet-period", view)
    waits = admin.view("later", 1)["waiting"]
    check("and the other run says what it waits for", [w["code"] for w in waits] == ["build"]
          and waits[0]["detail"] == f"demo/child #{number_of(queued)}", waits)
    admin.call("POST", admin.builds("child", queued["metadata"]["name"]) + "/stop/", {})
    check("stopped in the queue, it fails who waits", phase(admin.ended(run)) == "Cancelled"
          and "completed with status ABORTED" in admin.log("later", run), admin.log("later", run))


def aborted(server, admin, folder):
    admin.pipeline("endless", f"node {{ sh 'echo $$ >> {folder}/endless; while true; do sleep 0.1; done' }}")
    for kill in (False, True):
        pathlib.Path(folder, "endless").unlink(missing_ok=True)
        before = len(admin.objects_of("endless"))
        admin.pipeline(f"waits{int(kill)}", "build 'endless'")
        run = admin.start(f"waits{int(kill)}")
        until(lambda: pathlib.Path(folder, "endless").exists(), "the other run is at work")
        child = admin.objects_of("endless")[before]["metadata"]["name"]
        admin.call("POST", admin.builds(f"waits{int(kill)}", run) + "/stop/", {})
        if kill:
            server.kill()
            server.start()
        check("an abort goes down", phase(admin.ended(child)) == phase(admin.ended(run)) == "Cancelled"
              and "Calling Pipeline was cancelled" in admin.log("endless", child), admin.log("endless", child))


def secrets(server, admin):
    admin.pipeline("keeps", "node { sh 'echo \"${#WORD} letters: $WORD\"' }",
                   parameters=[{"name": "WORD", "type": "password"}])
    admin.pipeline("tells", """
def made = build job: 'keeps', parameters: [password(name: 'WORD', value: params.LETTERS.reverse())]
echo "variables ${made.buildVariables}"
input 'look'
""", parameters=[{"name": "LETTERS", "type": "string"}])
    run = admin.start("tells", LETTERS="nepo-emases")
    admin.until(run, lambda o: number_of(o) and blue(o)["state"] == "PAUSED")
    child = admin.objects_of("keeps")
    text = admin.log("keeps", child[0]["metadata"]["name"])
    check("a password reaches the other run, and is masked there", "11 letters: ****" in text, text)
    check("it is not on the object", "sesame-open" not in json.dumps(child), child)
    check("and not in what the wrapper tells", "sesame-open" not in admin.log("tells", run), admin.log("tells", run))
    admin.call("POST", admin.builds("tells", run) + "/stop/", {})
    admin.ended(run)
    server.kill()
    for state in ("demo/tells#1", "demo/keeps#1"):
        code, out, err = command(WINDLASS, "replay", "--state", server.folder + "/runs/state", state)
        check("its journal can be read", code == 0 and "build.schedule" in out or "sh" in out, out + err)
        check("a password that was passed on is not in it", "sesame-open" not in out, out)
    server.start()


def killed(server, admin, folder):
    """Exactly one run for each step, whenever the server dies."""
    admin.pipeline("counted", f"node {{ sh \"echo ${{params.FROM}} >> {folder}/counted; sleep 0.2\" }}",
                   parameters=[{"name": "FROM", "type": "string"}])
    admin.pipeline("many", """
parallel a: { build job: 'counted', parameters: [string(name: 'FROM', value: "${env.BUILD_NUMBER}a")] },
         b: { build job: 'counted', parameters: [string(name: 'FROM', value: "${env.BUILD_NUMBER}b")] }
build job: 'counted', wait: false, parameters: [string(name: 'FROM', value: "${env.BUILD_NUMBER}c")]
""")
    runs = [admin.start("many") for _ in range(10)]
    for at_least in (1, 9, 17, 23):
        # Killed at different places of different runs, by how far they have come and not by the clock.
        until(lambda: len(admin.objects_of("counted")) >= at_least, f"{at_least} runs are ordered")
        server.kill()
        server.start()
    results = [phase(admin.ended(r, 120)) for r in runs]
    check("every run that waits for others goes on after kills", results == ["Succeeded"] * 10,
          (collections.Counter(results), admin.log("many", runs[0])))
    until(lambda: len(admin.objects_of("counted")) == 30, "all runs are there")
    ends = [phase(admin.ended(o["metadata"]["name"], 120)) for o in admin.objects_of("counted")]
    lines = pathlib.Path(folder, "counted").read_text().split()
    wanted = sorted(f"{n}{letter}" for n in range(1, 11) for letter in "abc")
    check("each was started once", ends == ["Succeeded"] * 30 and sorted(lines) == wanted, (ends, sorted(lines)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", "--executors", "8")
        try:
            admin = Client(server, server.token())
            admin.project_made("demo")
            wrapper(admin)
            names(server, admin)
            results(admin)
            not_waiting(admin, folder)
            aborted(server, admin, folder)
            secrets(server, admin)
            killed(server, admin, folder)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
