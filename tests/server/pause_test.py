#!/usr/bin/env python3
"""Runs that people hold up, let go, end the hard way and answer, on a server from outside and through kills.

usage: pause_test.py WINDLASS
"""
import hashlib
import json
import os
import pathlib
import sqlite3
import sys
import tempfile

from harness import Server, run as command
from run_client import OURS, V3, Client, blue, check, number_of, phase, until

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())


def act(admin, name, run, what):
    return admin.call("POST", f"{OURS}/projects/demo/pipelines/{name}/runs/{admin.number(run)}/{what}", {})


def paused(server, admin, folder):
    trace = pathlib.Path(folder, "trace")
    admin.pipeline("steps", f"""
node {{
  sh "echo one >> {trace}; while [ ! -e {folder}/go ]; do sleep 0.05; done"
  sh "echo two >> {trace}"
}}""")
    run = admin.start("steps")
    until(lambda: trace.exists(), "the first step is at work")
    status, got, _ = act(admin, "steps", run, "pause")
    check("a run is paused", (status, got["phase"], got["pausedBy"]) == (200, "paused", "admin"), got)
    status, got, _ = act(admin, "steps", run, "pause")
    check("twice is once", status == 200 and admin.log("steps", run).count("Pausing\n") == 1, got)
    pathlib.Path(folder, "go").touch()
    until(lambda: [w["code"] for w in admin.view("steps", 1)["waiting"]] == ["paused"], "its shell ends, and nothing else begins")
    got = admin.until(run, lambda o: number_of(o) and blue(o)["causeOfBlockage"] == "Paused by admin")
    check("what it waits for is seen everywhere", phase(got) == "Running" and blue(got)["state"] == "PAUSED"
          and got["status"]["conditions"][0]["message"] == "the run was paused by admin", got)
    for _ in range(2):
        server.kill()
        server.start()
        until(lambda: "paused" in [w["code"] for w in admin.view("steps", 1).get("waiting") or []],
              "a pause survives the server")
    check("nothing more was done", trace.read_text() == "one\n", trace.read_text())
    status, got, _ = act(admin, "steps", run, "resume")
    check("it is let go", status == 200 and got["pausedBy"] == "", got)
    check("and ends well", phase(admin.ended(run)) == "Succeeded" and trace.read_text() == "one\ntwo\n", admin.log("steps", run))
    text = admin.log("steps", run)
    check("its log says so", text.count("Pausing\n") == text.count("Resuming\n") == 1, text)
    status, got, _ = act(admin, "steps", run, "pause")
    check("an ended run is not paused", status == 409, (status, got))
    # An order to end it lets a paused run go on to its end.
    admin.pipeline("ends", "try { sleep 3600 } finally { echo 'unwound' }")
    run = admin.start("ends")
    until(lambda: admin.view("ends", 1).get("waiting"), "it sleeps")
    act(admin, "ends", run, "pause")
    act(admin, "ends", run, "stop")
    check("a paused run can be stopped", phase(admin.ended(run)) == "Cancelled" and "unwound\n" in admin.log("ends", run),
          admin.log("ends", run))


def by_the_object(server, admin):
    """Ill 3: what spec.action asks of a run is done, by whatever way it was started."""
    patch = {"Content-Type": "application/merge-patch+json"}
    admin.pipeline("acted", "input 'go?'\necho 'went on'\ninput 'again?'\nsleep 3600")
    run = admin.start("acted")
    until(lambda: admin.view("acted", 1).get("waiting"), "it asks")

    def asks(action):
        status, got, _ = admin.call("PATCH", f"/apis/devops.kubesphere.io/v1alpha3/namespaces/demo/pipelineruns/{run}",
                                    json.dumps({"spec": {"action": action}}), patch)
        check(f"ill 3: {action} is taken", status == 200, got)

    asks("Pause")
    until(lambda: admin.view("acted", 1)["pausedBy"] == "admin", "ill 3: Pause pauses it")
    act(admin, "acted", run, "resume")
    until(lambda: admin.view("acted", 1)["pausedBy"] == "", "it is let go another way")
    server.kill()
    server.start()
    until(lambda: admin.view("acted", 1).get("waiting"), "it is there again")
    check("ill 3: which an old word on the object does not undo", admin.view("acted", 1)["pausedBy"] == "")
    asks("Resume")
    asks("Pause")
    until(lambda: admin.view("acted", 1)["pausedBy"] == "admin", "ill 3: a new one is a new one")
    asks("Resume")
    until(lambda: admin.view("acted", 1)["pausedBy"] == "", "ill 3: Resume lets it go")
    asks("Stop")
    check("ill 3: Stop stops it", phase(admin.ended(run)) == "Cancelled", admin.log("acted", run))


def in_the_queue(server, admin):
    admin.pipeline("queued", "echo 'x'")
    admin.pipeline("orders", "build job: 'queued', quietPeriod: 5, wait: false")
    admin.ended(admin.start("orders"))
    run = until(lambda: [o for o in admin.objects_of("queued") if number_of(o)], "a run waits")[0]["metadata"]["name"]
    status, got, _ = act(admin, "queued", run, "pause")
    check("a run in the queue is paused", (status, got["phase"]) == (200, "queued") and got["pausedBy"] == "admin", got)
    server.kill()
    server.start()
    view = admin.view("queued", 1)
    check("and says so after a restart", view["phase"] == "queued" and view["reason"]["code"] == "paused"
          and view["pausedBy"] == "admin", view)
    # A later one passes it: so it is the pause that holds it, and its quiet period passes meanwhile.
    check("another one is not held up", phase(admin.ended(admin.start("queued"))) == "Succeeded")
    env = {**os.environ, "XDG_CONFIG_HOME": server.folder + "-config", "LC_ALL": "C.UTF-8"}
    command(WINDLASS, "login", server.address, "--token-stdin", stdin=admin.token + "\n", env=env)
    code, out, err = command(WINDLASS, "explain", "demo/queued#1", env=env)
    check("explain says who", "admin has paused it" in out, out + err)
    code, out, err = command(WINDLASS, "resume", "demo/queued#1", env=env)
    check("the client lets it go", code == 0 and out.startswith("demo/queued#1 "), out + err)
    check("and it runs", phase(admin.ended(run)) == "Succeeded")
    code, out, err = command(WINDLASS, "pause", "demo/queued#1", env=env)
    check("the client says what cannot be", code != 0 and "ended" in err, out + err)


def milestones(server, admin):
    admin.pipeline("stones", "milestone 1\necho 'passed'")
    admin.pipeline("late", "build job: 'stones', quietPeriod: 5, wait: false")
    admin.ended(admin.start("late"))
    old = until(lambda: [o for o in admin.objects_of("stones") if number_of(o)], "an older run waits")[0]["metadata"]["name"]
    act(admin, "stones", old, "pause")
    check("a newer one passes and ends", phase(admin.ended(admin.start("stones"))) == "Succeeded")
    server.kill()
    server.start()
    act(admin, "stones", old, "resume")
    got = admin.ended(old)
    check("what an ended run has passed holds after a restart", blue(got)["result"] == "NOT_BUILT"
          and "Superseded by #2" in admin.log("stones", old), admin.log("stones", old))


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def endings(admin, folder):
    for what in ("term", "kill"):
        pids = pathlib.Path(folder, "pid-" + what)
        admin.pipeline(what + "ed", f"""
node {{ try {{ sh "trap '' TERM; echo $$ > {pids}; while true; do sleep 0.1; done" }} finally {{ echo 'unwound' }} }}"""
                       .replace("$$", "\\$\\$"))
        run = admin.start(what + "ed")
        until(lambda: pids.exists() and pids.read_text().strip(), "a shell that minds no signal is at work")
        status, got, _ = act(admin, what + "ed", run, what)
        check(what + " is taken", status == 200, got)
        got = admin.ended(run)
        text = admin.log(what + "ed", run)
        check(what + " ends it at once", phase(got) == "Cancelled" and ("unwound\n" in text) == (what == "term"), text)
        check(what + " says who did it", "\nAborted by admin\n" in text, text)
        until(lambda: not alive(int(pids.read_text())), f"its shell is gone after {what}")


def stuck(server, admin, folder):
    """The program of a run is changed behind its back: nobody can go on with it, and whoever stops it ends its shells."""
    pids = pathlib.Path(folder, "pid-stuck")
    admin.pipeline("lost", f"node {{ lock('crane') {{ sh 'echo $$ > {pids}; while true; do sleep 0.1; done' }} }}")
    run = admin.start("lost")
    until(lambda: pids.exists() and pids.read_text().strip(), "a shell is at work")
    server.kill()
    state = pathlib.Path(server.folder, "runs/state")
    # Whoever looks after a crash brings the journals to where the commit log is.
    check("the runs are listed", command(WINDLASS, "runs", "--state", str(state))[0] == 0)
    base = next(p for p in state.glob("runs/*/1/run.db") if "lost" in str(p))
    with sqlite3.connect(base) as database:
        (hash_,) = database.execute("SELECT hash FROM programs WHERE role='prelude'").fetchone()
        text = (state / "programs" / hash_.hex()).read_bytes()
        changed = text.replace(b"lock.acquire", b"lock.acquirE")
        check("the program is changed", changed != text)
        digest = hashlib.blake2b(changed, digest_size=32)
        (state / "programs" / digest.hexdigest()).write_bytes(changed)
        database.execute("UPDATE programs SET hash=? WHERE role='prelude'", (digest.digest(),))
    database.close()
    server.start()
    view = until(lambda: (lambda v: v if v.get("phase") == "stuck" else None)(admin.view("lost", 1)), "it is stuck")
    check("and says why", view["reason"]["code"] == "replay" and alive(int(pids.read_text())), view)
    status, got, _ = act(admin, "lost", run, "stop")
    check("it can be stopped", status == 200, got)
    check("then it is given up", phase(admin.ended(run)) == "Cancelled")
    until(lambda: not alive(int(pids.read_text())), "and its shells are gone")
    admin.pipeline("crane", "lock('crane') { echo 'mine' }")
    check("what it held is free", phase(admin.ended(admin.start("crane"))) == "Succeeded")


def approvals(admin):
    admin.pipeline("deploys", "input id: 'Go', message: 'Deploy?'")
    run = admin.start("deploys")
    ask = until(lambda: admin.view("deploys", 1).get("waiting"), "it asks")[0]
    path = f"{admin.builds('deploys', run)}/nodes/0/steps/{ask['node']}/"
    check("a question says what an answer is bound to", len(ask["definition"]) == 32 and ask["commit"] == "", ask)
    for wrong in ({"definition": "0" * 32}, {"commit": "abc"}):
        status, got, _ = admin.call("POST", path, {"id": "Go", **wrong})
        check(f"an answer to another {next(iter(wrong))} is refused", status == 409, (status, got))
    status, got, _ = admin.call("POST", path, {"id": "Go", "definition": ask["definition"], "commit": ask["commit"]})
    check("the right one is taken", status == 200 and got == {"id": "Go"}, got)
    check("and the run goes on", phase(admin.ended(run)) == "Succeeded")


def lists(admin):
    for name in ("one", "two"):
        admin.pipeline(name, "echo 'x'")
    runs = {"one": [], "two": []}
    for _ in range(12):
        for name in runs:
            runs[name].append(admin.start(name))
    for name, all_ in runs.items():
        for run in all_:
            admin.ended(run)
        path = f"{V3}/namespaces/demo/pipelines/{name}/pipelineruns"
        got = admin.call("GET", path + "?backward=false&limit=5&page=1")[1]
        more = admin.call("GET", path + "?backward=false&limit=5&page=3")[1]
        newest = list(reversed(all_))
        shown = lambda page: [o["metadata"]["name"] for o in page["items"]]
        check("a page of a pipeline's runs, newest first", shown(got) == newest[:5] and got["totalItems"] == 12, got["totalItems"])
        check("ill 9: the last page", shown(more) == newest[10:] and more["totalItems"] == 12, shown(more))
        old = admin.call("GET", path + "?limit=5&page=2")[1]
        check("as Jenkins told it", [r["id"] for r in old["items"]] == ["7", "6", "5", "4", "3"]
              and old["totalItems"] == 12, old)
        check("a branch has none", admin.call("GET", path + "?backward=false&branch=main")[1] == {"items": [], "totalItems": 0})
    check("a pipeline that is none has none", admin.call("GET", f"{V3}/namespaces/demo/pipelines/{'x' * 70}/pipelineruns")[1]
          == {"items": [], "totalItems": 0})


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data", "--executors", "4")
        try:
            admin = Client(server, server.token())
            admin.project_made("demo")
            paused(server, admin, folder)
            by_the_object(server, admin)
            in_the_queue(server, admin)
            milestones(server, admin)
            endings(admin, folder)
            approvals(admin)
            lists(admin)
            stuck(server, admin, folder)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
