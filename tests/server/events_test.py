#!/usr/bin/env python3
"""The event stream of `windlass server`, heard by a client without a browser: server-sent events over a plain socket.

usage: events_test.py WINDLASS
What is shown: each kind of event and its cause, going on where a client stopped, gaps instead of silence, nobody hears
of projects that are not theirs, a client that does not read harms nobody.
"""
import json
import pathlib
import socket
import sys
import tempfile
import time
import urllib.parse

from harness import Checks, Server

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
PATIENCE = 60
check = Checks()


class Stream:
    """One open stream. `until` reads events one after another, as a browser's EventSource would."""

    def __init__(self, server, token, query="", last=None, read=True):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
        if not read:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        lines = ["GET /kapis/windlass.io/v1/events?" + query + " HTTP/1.1", "Host: x", "Authorization: Bearer " + token]
        if last:
            lines.append("Last-Event-ID: " + last)
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        self.last = None
        self.ended = False
        self.events = []
        self.deadline = time.monotonic() + PATIENCE
        if not read:
            return
        self.status = int(self.file.readline().split()[1])
        self.head = {}
        while (line := self.file.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.head[name.lower()] = value
        self.chunk = b""

    def line(self):
        while b"\n" not in self.chunk:
            size = self.file.readline().strip()
            if not size or int(size, 16) == 0:
                self.ended = size == b"0"  # not merely cut off
                return None
            self.chunk += self.file.read(int(size, 16))
            self.file.read(2)
        line, self.chunk = self.chunk.split(b"\n", 1)
        return line.decode()

    def next(self):
        """The next event: (name, data), or None at the end."""
        name, data, got = "message", [], False
        while True:
            line = self.line()
            if line is None:
                return None
            if line == "":
                if got and data:
                    event = (name, json.loads("\n".join(data)))
                    self.events.append(event)
                    return event
                name, data, got = "message", [], False
                continue
            field, _, value = line.partition(":")
            if not field and time.monotonic() > self.deadline:
                return None  # only comments that keep it open
            value = value[1:] if value.startswith(" ") else value
            got = True
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                self.last = value

    def until(self, what, good):
        self.deadline = time.monotonic() + PATIENCE
        seen = []
        while time.monotonic() < self.deadline:
            event = self.next()
            if event is None:
                break
            seen.append(event)
            if good(*event):
                return event
        check(f"an event: {what}", False, str(seen[-10:]))
        return (None, {})

    def close(self):
        self.socket.close()


def drain(stream):
    """All events of a stream that ends by itself."""
    stream.deadline = time.monotonic() + PATIENCE
    while stream.next() is not None:
        pass
    return stream.events


def kube(server, token, path, body, method="POST"):
    status, _, text = server.request(method, path, token, body)
    check(f"{method} {path}", status in (200, 201), text)
    return json.loads(text)


def make_project(server, token, name):
    kube(server, token, "/apis/devops.kubesphere.io/v1alpha3/devopsprojects",
         {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": name},
          "spec": {}})
    deadline = time.monotonic() + PATIENCE
    while server.request("GET", "/api/v1/namespaces/" + name, token)[0] != 200 and time.monotonic() < deadline:
        time.sleep(0.02)


def make_pipeline(server, token, project, name, script, **block):
    return kube(server, token, f"/apis/devops.kubesphere.io/v1alpha3/namespaces/{project}/pipelines",
                {"apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "Pipeline", "metadata": {"name": name},
                 "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": script, **block}}})


def start_run(server, token, project, pipeline):
    status, _, text = server.request(
        "POST", f"/kapis/devops.kubesphere.io/v1alpha3/namespaces/{project}/pipelines/{pipeline}/pipelineruns", token,
        {"parameters": []})
    check("a run is started", status == 200, text)
    return json.loads(text)["metadata"]["name"]


def run_ended(name, data):
    return name == "run" and data["phase"] == "ended"


def case_whole_run(server, token):
    """Queue, run, nodes, log, approval, agents and objects of one run, in an order that makes sense."""
    stream = Stream(server, token, "project=one")
    check("it is an event stream", stream.status == 200 and stream.head["content-type"].startswith("text/event-stream"),
          str(stream.head))
    name, data = stream.next()
    check("hello with a cursor comes first", name == "hello" and stream.last and "now" in data, str(data))
    agents = Stream(server, token, "kinds=agent")
    agents.next()
    run = start_run(server, token, "one", "asks")
    stream.until("a question", lambda n, d: n == "approval" and d["waits"])
    # While it asks it holds the executor; afterwards what is told may be only that it is free again.
    busy = agents.until("an executor is taken", lambda n, d: n == "agent" and d["busy"] == 1)[1]
    check("an agent", busy.get("node") == "built-in" and busy.get("executors") == 2, str(busy))
    agents.close()
    # Questions are answered by their id over the old API.
    status, _, text = server.request("GET", "/kapis/windlass.io/v1/projects/one/pipelines/asks/runs/1", token)
    whole = json.loads(text)
    waiting = [w for w in whole["waiting"] if w["code"] == "input"][0]
    asked = [d for n, d in stream.events if n == "approval"][0]
    check("the event names the question and its node", asked["id"] == waiting["input"]["id"]
          and asked["node"] == waiting["node"] and asked["message"] == "go on?", str((asked, waiting)))
    node = [n for n in whole["nodes"] if n["step"] == "stage"][0]["id"]
    status, _, text = server.request(
        "POST", f"/kapis/devops.kubesphere.io/v1alpha2/namespaces/one/pipelines/asks/runs/1/nodes/{node}/steps/{waiting['node']}/",
        token, {"id": asked["id"]})
    check("it is answered", status == 200, text)
    stream.until("the end", run_ended)
    events = stream.events
    kinds = {n for n, _ in events}
    check("every kind of the run is told", {"hello", "run", "node", "log", "approval", "object"} <= kinds, str(kinds))
    check("the question is closed", [d["waits"] for n, d in events if n == "approval"] == [True, False], str(events))
    check("nothing but of this project", all(d.get("project", d.get("namespace") or d.get("name")) == "one"
                                             for n, d in events if n != "hello"), str(events))
    ended = [d for n, d in events if run_ended(n, d)][-1]
    check("with its result", ended["result"] == "SUCCESS" and ended["name"] == run and ended["number"] == 1, str(ended))
    stages = [d["node"] for n, d in events if n == "node" and d["node"]["step"] == "stage"]
    check("nodes are told when they begin and when they end", stages and stages[0]["ended"] == 0
          and stages[-1]["result"] == "SUCCESS", str(stages))
    status, _, text = server.request("GET", "/kapis/windlass.io/v1/projects/one/pipelines/asks/runs/1", token)
    check("the view has the version of the last event", json.loads(text)["version"] == ended["version"], text[:300])
    log = [d["bytes"] for n, d in events if n == "log"]
    check("the log grows", log == sorted(log) and log[-1] > 0, str(log))
    versions = [d["version"] for n, d in events if n == "run"]
    check("versions grow", versions == sorted(versions), str(versions))
    stream.close()


def case_queue(server, token):
    """A run that waits for another one of its pipeline says so, and says when it waits no more."""
    stream = Stream(server, token, "project=one&pipeline=single&kinds=queue,run,approval")
    first = start_run(server, token, "one", "single")
    stream.until("the first asks", lambda n, d: n == "approval" and d["name"] == first)
    second = start_run(server, token, "one", "single")
    waits = stream.until("the second waits", lambda n, d: n == "queue" and d["name"] == second)[1]
    check("for the first", waits.get("waits") and waits["reason"]["code"] == "concurrent-build"
          and waits["reason"]["evidence"]["number"] == 1, str(waits))
    status, _, text = server.request("POST", "/kapis/devops.kubesphere.io/v1alpha2/namespaces/one/pipelines/single/runs/1/stop/",
                                     token, {})
    check("the first is stopped", status == 200, text)
    stream.until("the second waits no more", lambda n, d: n == "queue" and d["name"] == second and not d["waits"])
    server.request("POST", "/kapis/devops.kubesphere.io/v1alpha2/namespaces/one/pipelines/single/runs/2/stop/", token, {})
    stream.until("and ends", lambda n, d: run_ended(n, d) and d["name"] == second)
    stream.close()


def case_resume(server, token):
    """A client that was away hears what it missed, each thing once and as it is now."""
    stream = Stream(server, token, "project=one&kinds=run,log,node")
    stream.next()
    cursor = stream.last
    stream.close()
    start_run(server, token, "one", "talks")
    other = Stream(server, token, "project=one&kinds=run")
    other.until("the end", run_ended)
    other.close()
    for how in ("header", "query", "both"):
        query = "project=one&kinds=run,log,node&wait=30"
        stale = urllib.parse.quote("x" * 40)
        again = Stream(server, token, query + {"header": "", "query": "&cursor=" + cursor, "both": "&cursor=" + stale}[how],
                       None if how == "query" else cursor)
        events = drain(again)
        runs = [d for n, d in events if n == "run"]
        check(f"by {how}: the newest state of the run, once", len(runs) == 1 and runs[0]["phase"] == "ended", str(events))
        check(f"by {how}: one event for its log", len([1 for n, _ in events if n == "log"]) == 1, str(events))
        ids = [d["node"]["id"] for n, d in events if n == "node"]
        check(f"by {how}: each node once", len(ids) == len(set(ids)) and ids, str(ids))
        check(f"by {how}: no gap", "gap" not in [n for n, _ in events], str(events))
    # Nothing new: a stream with wait= ends with nothing but hello.
    quiet = Stream(server, token, "project=one&kinds=approval&wait=0", again.last)
    check("nothing new is nothing", [n for n, _ in drain(quiet)] == ["hello"], str(quiet.events))


def case_cursors_tell_nothing(server, token):
    one, two = Stream(server, token, "wait=0"), Stream(server, token, "wait=0")
    drain(one), drain(two)
    check("the same place looks different each time", one.last != two.last, one.last)
    check("and is of one length", len(one.last) == len(two.last), f"{one.last} {two.last}")
    for bad in ("1", "0", "AAAA", one.last[:-2] + ("AA" if not one.last.endswith("AA") else "BB"), "x" * 5000, "%00"):
        stream = Stream(server, token, "wait=0&cursor=" + urllib.parse.quote(bad))
        events = drain(stream)
        check(f"a cursor that is none of ours is a gap: {bad[:8]}", ("gap", {"reason": "unknown"}) in events, str(events))
    for query, word in (("kinds=run,nothing", "nothing"), ("run=3", "project="), ("pipeline=x", "project="),
                        ("wait=-1", "seconds"), ("wait=x", "seconds"), ("project=one&pipeline=p&run=x", "number")):
        status, _, text = server.request("GET", "/kapis/windlass.io/v1/events?" + query, token)
        check(f"400 with a sentence: {query}", status == 400 and word in text, f"{status} {text}")


def case_rights(server, token):
    """A viewer of one project hears of it and of nothing else, not even that there is more."""
    server.add_member("vera", "one", "viewer")
    vera = server.token("vera")
    check("a project that is not hers is refused",
          server.request("GET", "/kapis/windlass.io/v1/events?project=two&wait=0", vera)[0] == 403)
    check("nobody is refused", server.request("GET", "/kapis/windlass.io/v1/events?wait=0")[0] == 401)
    hers, all_ = Stream(server, vera), Stream(server, token, "kinds=run,object")
    hers.next(), all_.next()
    start_run(server, token, "two", "talks")
    all_.until("the other project's run ends", lambda n, d: run_ended(n, d) and d["project"] == "two")
    kube(server, token, "/api/v1/namespaces/one/secrets",
         {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s1"}, "data": {"x": "aGVsbG8="}})
    all_.until("a secret, to who may see it", lambda n, d: n == "object" and d["name"] == "s1")
    start_run(server, token, "one", "talks")
    hers.until("her run ends", run_ended)
    told = [d for n, d in hers.events if n not in ("hello", "agent")]
    check("nothing of another project", all(d.get("project", d.get("namespace") or d.get("name")) == "one" for d in told),
          str(told))
    check("and no secret", not [d for d in told if d.get("resource") == "secrets"], str(told))
    check("no event has a secret's value", "aGVsbG8" not in json.dumps(all_.events))
    # Her role goes: the open stream tells her nothing more of it.
    server.add_member("vera", "one", "none")
    deadline = time.monotonic() + PATIENCE
    quiet = False
    while not quiet and time.monotonic() < deadline:
        probe = Stream(server, vera, "kinds=run&wait=1", hers.last)
        start = time.monotonic()
        start_run(server, token, "one", "talks")
        all_.until("it runs all the same", lambda n, d: run_ended(n, d) and d["project"] == "one")
        quiet = [n for n, _ in drain(probe)] == ["hello"]
        check("a stream with wait= ends", time.monotonic() - start < PATIENCE)
    check("who has lost the role hears nothing", quiet)
    hers.close(), all_.close()


def case_stalled(server, token):
    """Clients that never read: others hear everything, and at once."""
    stalled = [Stream(server, token, read=False) for _ in range(20)]
    good = Stream(server, token, "project=one")
    good.next()
    for _ in range(3):
        start_run(server, token, "one", "chatty")
    ended = set()
    good.until("all end", lambda n, d: run_ended(n, d) and (ended.add(d["name"]) or len(ended) == 3))
    check("the server answers", server.request("GET", "/readyz")[0] == 200)
    for stream in stalled:
        stream.close()
    good.close()


def case_restart(server, token):
    """Killed and started again: a cursor of before is a gap, and then events go on."""
    stream = Stream(server, token)
    stream.next()
    cursor = stream.last
    server.kill()
    server.start()
    stream = Stream(server, token, "project=one", cursor)
    names = [stream.next()[0], stream.next()[0]]
    check("a gap, said at once", names == ["hello", "gap"], str(names))
    start_run(server, token, "one", "talks")
    stream.until("and it goes on", run_ended)
    stream.close()


def case_stop(server, token):
    """A server that stops does not wait for those who listen."""
    stream = Stream(server, token)
    stream.next()
    server.kill(15)
    check("it ends cleanly", server.process.returncode == 0, str(server.process.returncode))
    drain(stream)
    check("the stream has its proper end", stream.ended)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data")
        try:
            token = server.token()
            make_project(server, token, "one")
            make_project(server, token, "two")
            make_pipeline(server, token, "one", "asks", "stage('s') { node { echo 'x'\ninput 'go on?' } }")
            make_pipeline(server, token, "one", "single", "input 'go on?'", disable_concurrent=True)
            for project in ("one", "two"):
                make_pipeline(server, token, project, "talks", "stage('s') { echo 'one'\necho 'two' }")
            make_pipeline(server, token, "one", "chatty", "for (int i = 0; i < 400; i++) { stage('s' + i) { echo 'x' * 200 } }")
            for name, case in list(globals().items()):
                if name.startswith("case_"):
                    case(server, token)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
