#!/usr/bin/env python3
"""Runs of `windlass server` that only wait: they leave memory, nobody sees it, and they come back when something is due.

usage: park_test.py WINDLASS
A run is out of memory when the server has neither its lock nor its journal open for writing: seen in /proc, not told by the server.
Ends with `N passed, N failed, N skipped`.
"""
import base64
import json
import os
import pathlib
import sys
import tempfile
import time

from harness import Checks, Server
from harness import run as harness_run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
check = Checks()
APIS = "/apis/devops.kubesphere.io/v1alpha3"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
V2 = "/kapis/devops.kubesphere.io/v1alpha2"
PATIENCE = 90
RESUMED = "Resuming build at"


class World:
    """A server whose runs leave memory after a tenth of a second, and its administrator."""

    def __init__(self, folder, executors="4"):
        self.folder = folder
        self.server = Server(WINDLASS, folder + "/data", "--executors", executors, "--park-after", "0.1")
        self.token = self.server.token()
        self.call("POST", f"{APIS}/devopsprojects", {"metadata": {"name": "demo"}})
        self.wait(lambda: self.call("GET", "/api/v1/namespaces/demo")[0] == 200, "the project is there")

    def call(self, method, path, body=None, headers=None):
        status, _, text = self.server.request(method, path, self.token, body, headers)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def wait(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if got := condition():
                return got
            time.sleep(0.02)
        check(f"{what}, in {PATIENCE} s", False)
        return None

    def again(self, signal=9, crash_at=None):
        """The server dies and is started again; `crash_at`: dies by itself at that point."""
        if self.server.process.poll() is None:
            self.server.kill(signal)
        if crash_at:
            os.environ["WINDLASS_TEST_CRASH_AT"] = crash_at
        try:
            self.server.start()
        finally:
            os.environ.pop("WINDLASS_TEST_CRASH_AT", None)

    def died(self):
        self.wait(lambda: self.server.process.poll() is not None, "the server dies at its fault point")
        pathlib.Path(self.server.folder, "address").unlink(missing_ok=True)

    def pipeline(self, name, script, **block):
        block.update(name=name, jenkinsfile=script)
        status, got = self.call("POST", f"{V3}/devops/demo/pipelines", {
            "metadata": {"name": name}, "spec": {"type": "pipeline", "pipeline": block}})
        check(f"the pipeline {name} is made", status == 200, got)

    def start(self, name, **parameters):
        status, got = self.call("POST", f"{V3}/namespaces/demo/pipelines/{name}/pipelineruns", {
            "parameters": [{"name": k, "value": v} for k, v in parameters.items()]})
        check(f"a run of {name} is started", status == 200, got)
        run = Run(self, name, got["metadata"]["name"])
        run.number = self.wait(run.find_number, f"{run.name} has a number")
        return run

    def marks(self, name):
        path = pathlib.Path(self.folder, name)
        return path.read_text().split() if path.exists() else []


class Run:
    def __init__(self, world, pipeline, name):
        self.world, self.pipeline, self.name = world, pipeline, name

    def object(self):
        return self.world.call("GET", f"{V3}/namespaces/demo/pipelineruns/{self.name}")[1]

    def annotation(self, name):
        got = self.object()
        return got.get("metadata", {}).get("annotations", {}).get(name) if isinstance(got, dict) else None

    def find_number(self):
        return self.annotation("devops.kubesphere.io/jenkins-pipelinerun-id")

    def state(self):
        text = self.annotation("devops.kubesphere.io/jenkins-pipelinerun-status")
        return json.loads(text)["state"] if text else None

    def builds(self):
        return f"{V2}/devops/demo/pipelines/{self.pipeline}/runs/{self.number}"

    def view(self):
        return self.world.call("GET", f"/kapis/windlass.io/v1/projects/demo/pipelines/{self.pipeline}/runs/{self.number}")[1]

    def log(self):
        return self.world.call("GET", self.builds() + "/log/?start=0")[1]

    def waiting(self):
        view = self.view()
        return [one["code"] for one in view.get("waiting", [])] if isinstance(view, dict) else []

    def is_away(self):
        folder = f"/{self.pipeline}/{self.number}/owner.lock".replace("/" + self.pipeline, "%2f" + self.pipeline)
        seen = False
        for fd in pathlib.Path(f"/proc/{self.world.server.process.pid}/fd").iterdir():
            try:
                seen = seen or os.readlink(fd).endswith(folder)
            except OSError:
                pass  # closed meanwhile
        return not seen

    def parked(self, *codes):
        """Waits for what it says, and is out of memory."""
        self.world.wait(lambda: self.waiting() == list(codes) and self.is_away(), f"{self.pipeline} #{self.number} waits {codes} and is parked")
        return self

    def answer(self, approve=True, **parameters):
        view = self.view()
        one = next(w for w in view["waiting"] if w["code"] == "input")
        body = {"id": one["input"]["id"], "abort": not approve,
                "parameters": [{"name": k, "value": v} for k, v in parameters.items()]}
        return self.world.call("POST", f"{self.builds()}/nodes/0/steps/{one['node']}/", body)

    def stop(self):
        return self.world.call("POST", self.builds() + "/stop/", {})

    def ended(self):
        got = self.world.wait(lambda: (o := self.object()).get("status", {}).get("completionTime") and o, f"{self.pipeline} #{self.number} ends")
        return got["status"]["phase"] if got else None


def questions(world):
    world.pipeline("asks", """
def words = ['a', 'b']
def shout = { it.toUpperCase() }
def seen = [:]
for (w in words) {
  seen[w] = input(id: 'Go', message: "Deploy ${w}?", ok: 'Yes', parameters: [string(name: 'WHERE', defaultValue: 'here')])
  echo "to ${shout(seen[w])}"
}
echo "seen ${seen}"
""")
    run = world.start("asks").parked("input")
    view, text = run.view(), run.log()
    check("a parked run is paused", run.state() == "PAUSED", run.object())
    check("and says for what", view["waiting"][0]["input"]["message"] == "Deploy a?"
          and view["waiting"][0]["input"]["ok"] == "Yes", view)
    check("its log is there", "[Pipeline] input" in text and text.count("[Pipeline] Start of Pipeline") == 1, text)
    check("looking does not fetch it", run.is_away())
    status, got = world.call("POST", f"{run.builds()}/nodes/0/steps/{view['waiting'][0]['node']}/", {"id": "Nothing"})
    check("a wrong answer does not either", status != 200 or got.get("allow") == "false" and run.is_away(), (status, got))
    state = world.server.folder + "/runs/state"
    for words in (["run", "--resume", f"demo/asks#{run.number}"], ["stop", "--local", f"demo/asks#{run.number}"],
                  ["stop", "--local", f"demo/asks#{run.number}", "--force"], ["runs", "--remove", f"demo/asks#{run.number}"]):
        code, out, err = harness_run(WINDLASS, *words, "--state", state)
        check(f"no other process may {' '.join(words)}", code not in (0, 1, 3) and "the server of process "
              f"{world.server.process.pid}" in err and len(err.splitlines()) == 1, (code, out, err))
    code, out, err = harness_run(WINDLASS, "runs", "--state", state, "--output", "json")
    check("it is listed as the server's", [(one["state"], one["pid"]) for one in map(json.loads, out.splitlines())] ==
          [("running", world.server.process.pid)], out + err)
    status, got = run.answer(WHERE="moon")
    check("an answer is taken", status == 200 and got == {"id": "Go"}, (status, got))
    world.wait(lambda: "to MOON" in run.log(), "it goes on")
    run.parked("input")
    check("and asks again", run.view()["waiting"][0]["input"]["message"] == "Deploy b?", run.view())
    world.again()
    run.parked("input")
    check("after a kill nothing of it has changed", run.state() == "PAUSED" and run.view()["waiting"][0]["since"] > 0
          and run.log().startswith(text), run.view())
    run.answer(WHERE="sea")
    check("it succeeds", run.ended() == "Succeeded", run.log())
    text = run.log()
    check("with all its values", "to SEA" in text and "seen [a:moon, b:sea]" in text, text)
    check("the log says that the server was restarted, once, and nothing else", text.count(RESUMED) == 1
          and text.count("[Pipeline] Start of Pipeline") == 1 and text.count("to MOON") == 1, text)
    status, got = world.call("POST", f"{run.builds()}/nodes/0/steps/{view['waiting'][0]['node']}/", {"id": "Go"})
    check("who comes late is told so", status != 200 or got.get("allow") == "false", (status, got))


def clocks(world):
    world.pipeline("sleeps", f"""
sleep 4
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/slept' }}
timeout(time: 3, unit: 'SECONDS') {{ input 'never answered' }}""")
    run = world.start("sleeps").parked("timer")
    run.parked("input")
    check("a timeout finds who is away", run.ended() == "Cancelled", run.log())
    check("and says so", "Cancelling nested steps due to timeout" in run.log() and RESUMED not in run.log(), run.log())
    check("what came after the sleep was done once", world.marks("slept") == [run.number], world.marks("slept"))
    world.pipeline("polls", f"""
node {{ waitUntil(initialRecurrencePeriod: 2000, quiet: true) {{ fileExists '{world.folder}/ready' }} }}
parallel a: {{ sleep 3; echo 'slept' }}, b: {{ input 'and now?' }}""")
    run = world.start("polls").parked("timer")
    pathlib.Path(world.folder, "ready").touch()
    world.wait(lambda: "slept" in run.log(), "one branch goes on")
    run.parked("input")
    run.answer()
    check("a run with branches goes on branch by branch", run.ended() == "Succeeded", run.log())


def stopped(world):
    world.pipeline("cleans", """
try { input 'stop me' } finally { echo 'cleaned' }""")
    run = world.start("cleans").parked("input")
    status, got = run.stop()
    check("a parked run is stopped", status == 200 and run.ended() == "Cancelled", (status, got))
    check("and cleans up", run.log().count("cleaned") == 1 and "Aborted by admin" in run.log(), run.log())
    run = world.start("cleans").parked("input")
    run.stop()
    world.again()
    check("an acknowledged stop survives a kill", run.ended() == "Cancelled" and "Aborted by admin" in run.log(), run.log())
    world.pipeline("once", "properties([disableResume()])\ninput 'no restart'")
    run = world.start("once").parked("input")
    world.again()
    check("who forbids to be resumed is not", run.ended() == "Cancelled" and "Resuming is disabled" in run.log(), run.log())


def shared(world):
    world.pipeline("crane", f"""
lock('crane') {{
  if (params.ASK == 'yes') {{ input 'let go?' }}
  node {{ sh 'echo in $BUILD_NUMBER >> {world.folder}/crane; sleep 0.1; echo out $BUILD_NUMBER >> {world.folder}/crane' }}
}}""", parameters=[{"name": "ASK", "type": "string", "default_value": "no"}])
    holder = world.start("crane", ASK="yes").parked("input")
    queue = []
    for _ in range(4):
        queue.append(world.start("crane").parked("lock"))
    check("who waits for a lock is told for whose", holder.number in queue[0].view()["waiting"][0]["detail"], queue[0].view())
    world.again()
    for run in queue:
        run.parked("lock")
    queue.append(world.start("crane").parked("lock"))
    queue[2].stop()
    check("who is stopped in the queue leaves it", queue[2].ended() == "Cancelled", queue[2].log())
    check("while the holder holds", world.marks("crane") == [] and holder.is_away(), world.marks("crane"))
    holder.answer()
    left = [run for run in [holder] + queue if run is not queue[2]]
    results = [run.ended() for run in left]
    check("all others come to it", results == ["Succeeded"] * 5, results)
    numbers = [run.number for run in left]
    check("one after the other, in the order in which they asked",
          world.marks("crane") == [w for n in numbers for w in ("in", n, "out", n)], world.marks("crane"))
    world.pipeline("full", f"node {{ input 'keep it?'\n sh 'pwd >> {world.folder}/places' }}")
    held = [world.start("full").parked("input") for _ in range(4)]
    waits = world.start("full").parked("executor")
    values = dict(line.rsplit(" ", 1) for line in world.call("GET", "/metrics")[1].splitlines() if not line.startswith("#"))
    check("executors of parked runs stay taken", values['windlass_executors{node="built-in",state="busy"}'] == "4"
          and values['windlass_executors{node="built-in",state="waited_for"}'] == "1", values)
    check("the metrics know them", values["windlass_runs_parked"] == "5" and values['windlass_runs{phase="running"}'] == "5", values)
    world.again()
    waits.parked("executor")
    for run in held:
        run.answer()
    waits.parked("input").answer()
    check("each gets one", [run.ended() for run in held + [waits]] == ["Succeeded"] * 5)
    places = world.marks("places")
    check("and kept its workspace", len(places) == 5 and len(set(places[:4])) == 4, places)
    world.pipeline("stones", "milestone 1\nif (params.ASK == 'yes') { input 'wait' }\nmilestone 2",
                   parameters=[{"name": "ASK", "type": "string", "default_value": "no"}])
    old = world.start("stones", ASK="yes").parked("input")
    world.again()
    check("a newer run passes", world.start("stones").ended() == "Succeeded")
    check("and supersedes one that is away", old.ended() == "Cancelled" and "Superseded by #2" in old.log(), old.log())


def secrets(world):
    encoded = {k: base64.b64encode(v.encode()).decode() for k, v in {"username": "ada", "password": "s3cr3t!"}.items()}
    status, got = world.call("POST", f"{V3}/devops/demo/credentials", {
        "metadata": {"name": "cred"}, "type": "credential.devops.kubesphere.io/basic-auth", "data": encoded})
    check("a credential is made", status == 200, got)
    world.pipeline("secretly", """
withCredentials([usernamePassword(credentialsId: 'cred', usernameVariable: 'U', passwordVariable: 'P')]) {
  input 'go on?'
  node { sh 'echo "$P ${#P} $WORD ${#WORD}"' }
}
input 'again?'
node { withCredentials([usernamePassword(credentialsId: 'cred', usernameVariable: 'U', passwordVariable: 'P')]) { sh 'echo "later $P"' } }
""", parameters=[{"name": "WORD", "type": "password"}])
    run = world.start("secretly", WORD="sesame-open").parked("input")
    run.answer()
    run.parked("input")
    text = run.log()
    check("secrets are bound and masked after it was away", "**** 7 " in text and "s3cr3t!" not in text, text)
    check("password parameters too", text.rstrip().find(" 11") > 0, text)
    for path in pathlib.Path(world.folder, "data/runs").glob("runs.db*"):
        check(f"no secret in {path.name}", b"s3cr3t!" not in path.read_bytes() and b"sesame-open" not in path.read_bytes())
    run.answer()
    check("and bound anew", run.ended() == "Succeeded" and "later ****" in run.log(), run.log())


def crashes(world):
    world.pipeline("fragile", f"""
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/before' }}
input 'on?'
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/after' }}
sleep 2
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/end' }}""")
    numbers = []
    for point in ("before-park", "after-park", "before-return", "after-return"):
        world.again(crash_at=f"runs/{point}:1")
        run = world.start("fragile")
        numbers.append(run.number)
        if point.endswith("return"):
            run.parked("input")
            try:
                run.answer()
            except (OSError, ValueError, StopIteration):
                pass  # it dies meanwhile
        world.died()
        world.again()
        run.parked("input").answer()
        check(f"killed at {point}, it goes on", run.ended() == "Succeeded", run.log())
    for name in ("before", "after", "end"):
        check(f"no step of {name} was lost or done twice", world.marks(name) == numbers, world.marks(name))


def many(world):
    """Some hundred parked ones, some that run, killed three times: nothing lost, nothing twice."""
    world.pipeline("many", f"""
sleep 2
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/many' }}
input 'on?'
node {{ sh 'echo $BUILD_NUMBER >> {world.folder}/more' }}""")
    runs = [world.start("many") for _ in range(30)]
    for _ in range(3):
        world.again()
        world.wait(lambda: world.call("GET", "/readyz")[0] == 200, "it is ready")
    for run in runs:
        run.parked("input")
    world.again()
    for run in runs:
        run.answer()
    check("every run goes on after four kills", [run.ended() for run in runs] == ["Succeeded"] * len(runs))
    for name in ("many", "more"):
        check(f"no step of {name} was lost or done twice",
              sorted(world.marks(name), key=int) == [run.number for run in runs], world.marks(name))


def main():
    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        try:
            for part in (questions, clocks, stopped, shared, secrets, crashes, many):
                part(world)
            world.server.kill(15)
            check("SIGTERM ends it cleanly", world.server.process.returncode == 0, str(world.server.process.returncode))
        finally:
            if world.server.process.poll() is None:
                world.server.process.kill()
    check.end()


main()
