#!/usr/bin/env python3
"""Logs of `windlass server` by line: numbers, steps, times, ranges, search, following; two runs compared; test history.

usage: logs_test.py WINDLASS
Everything goes over HTTP and by the client, as people do it. Ends with `N passed, N failed, N skipped`.
"""
import json
import os
import pathlib
import socket
import sys
import tempfile
import threading
import time
import urllib.parse

from harness import Checks, Server, run

WINDLASS = str(pathlib.Path(sys.argv[1]).resolve())
OURS = "/kapis/windlass.io/v1"
V3 = "/kapis/devops.kubesphere.io/v1alpha3"
PATIENCE = 60
check = Checks()


class Client:
    def __init__(self, server, token, project="demo"):
        self.server, self.token, self.project = server, token, project

    def get(self, path):
        status, _, text = self.server.request("GET", OURS + path, self.token)
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text

    def pipeline(self, name, script, **block):
        status, _, text = self.server.request("POST", f"{V3}/devops/{self.project}/pipelines", self.token, {
            "metadata": {"name": name}, "spec": {"type": "pipeline", "pipeline": {"name": name, "jenkinsfile": script, **block}}})
        check(f"the pipeline {name} is made", status == 200, text)

    def change(self, name, script):
        status, _, text = self.server.request("PUT", f"{V3}/devops/{self.project}/pipelines/{name}/jenkinsfile?mode=raw",
                                              self.token, {"data": script})
        check(f"the script of {name} is changed", status == 200, text)

    def start(self, name, **parameters):
        status, _, text = self.server.request(
            "POST", f"{V3}/namespaces/{self.project}/pipelines/{name}/pipelineruns", self.token,
            {"parameters": [{"name": k, "value": v} for k, v in parameters.items()]})
        check(f"a run of {name} is started", status == 200, text)

    def path(self, name, number, rest=""):
        return f"/projects/{self.project}/pipelines/{name}/runs/{number}{rest}"

    def until_ended(self, name, number):
        deadline = time.monotonic() + PATIENCE
        got = None
        while time.monotonic() < deadline:
            status, got = self.get(self.path(name, number))
            if status == 200 and got["phase"] == "ended":
                return got
            time.sleep(0.02)
        check(f"{name}#{number} ends", False, str(got))
        return got

    def run(self, name, number, **parameters):
        self.start(name, **parameters)
        return self.until_ended(name, number)


def search(client, name, number, pattern, more=""):
    """Matches, and how the search ended."""
    status, _, text = client.server.request(
        "GET", OURS + client.path(name, number, "/log/search?pattern=" + urllib.parse.quote(pattern) + more), client.token)
    if status != 200:
        return status, text
    parts = [json.loads(line) for line in text.splitlines()]
    return [p for p in parts if "text" in p], [p for p in parts if "done" in p][-1]


LONG = """
node {
  sh '''set +x; i=0; while [ $i -lt 3000 ]; do echo "line $i of the first"; i=$((i+1)); done'''
  parallel(a: { sh 'for i in 1 2 3; do echo "a $i"; done' }, b: { sh 'for i in 1 2 3; do echo "b $i"; done' })
  echo '\\u001b[31mred\\u001b[0m and 构建失败'
  sh '''set +x; i=0; while [ $i -lt 3000 ]; do echo "line $i of the second"; i=$((i+1)); done'''
}
"""


def case_lines(client):
    client.pipeline("long", LONG)
    whole = client.run("long", 1)
    status, text = client.get(client.path("long", 1, "/log"))
    lines = text.split("\n")[:-1]
    check("the whole log", status == 200 and lines[-1] == "Finished: SUCCESS" and len(lines) > 6000, text[-200:])
    status, part = client.get(client.path("long", 1, "/log/lines?from=1&count=10"))
    check("the first lines", [l["text"] for l in part["lines"]] == lines[:10] and part["total"] == len(lines)
          and part["next"] == 11 and part["ended"], str(part)[:500])
    for first in (1000, 1024, 1025, 3333, len(lines) - 2):
        status, part = client.get(client.path("long", 1, f"/log/lines?from={first}&count=5"))
        check(f"from line {first}", [l["text"] for l in part["lines"]] == lines[first - 1:first + 4]
              and [l["number"] for l in part["lines"]] == list(range(first, min(first + 5, len(lines) + 1))), str(part)[:500])
        raw = text.encode()
        check("its offset", raw[part["lines"][0]["offset"]:].decode().startswith(lines[first - 1]))
    status, part = client.get(client.path("long", 1, "/log/lines?tail=3"))
    check("the last lines", [l["text"] for l in part["lines"]] == lines[-3:], str(part))
    check("a text from a line", client.get(client.path("long", 1, "/log?line=4000"))[1] == "\n".join(lines[3999:]) + "\n")
    check("a text of the last lines", client.get(client.path("long", 1, "/log?tail=2"))[1] == "\n".join(lines[-2:]) + "\n")
    check("behind the end there is nothing", client.get(client.path("long", 1, "/log?line=999999")) == (200, ""))
    status, part = client.get(client.path("long", 1, "/log/lines?from=999999"))
    check("nor are there lines", part["lines"] == [], str(part))
    red = [n for n, line in enumerate(lines, 1) if "red" in line][0]
    status, part = client.get(client.path("long", 1, f"/log/lines?from={red}&count=1"))
    check("escapes of terminals stay", part["lines"][0]["text"] == "\x1b[31mred\x1b[0m and 构建失败", str(part))
    shells = [n for n in whole["nodes"] if n["step"] == "sh"]
    first = shells[0]
    status, part = client.get(client.path("long", 1, f"/log/lines?node={first['id']}&count=5000"))
    mine = [l for l in part["lines"] if "of the first" in l["text"] and l["text"].startswith("line")]
    check("lines of one step", len(mine) == 3000 and all(l["node"] == first["id"] for l in part["lines"]), str(part)[:300])
    check("are numbered in the whole log", all(lines[l["number"] - 1] == l["text"] for l in mine))
    check("and came while it ran", all(first["started"] - 1000 <= l["time"] <= first["ended"] + 1000 for l in mine),
          str((first, mine[0])))
    status, own = client.get(client.path("long", 1, f"/log?node={shells[-1]['id']}&start=0"))
    check("the text of one step", own.count("of the second") == 3000 and "of the first" not in own, own[:200])
    b = [n for n in shells if n["branch"] == "/1"][0]
    status, own = client.get(client.path("long", 1, f"/log?node={b['id']}"))
    check("of one in a branch", [line for line in own.splitlines() if not line.startswith("+")] == ["b 1", "b 2", "b 3"], own)
    for query in ("?from=x", "?count=-1", "?node=a", "?tail=1.5"):
        status, got = client.get(client.path("long", 1, "/log/lines" + query))
        check("400 with a sentence " + query, status == 400 and "is a number" in got, got)
    status, got = client.get(client.path("long", 1, "/log?line=1&tail=2"))
    check("one beginning only", status == 400, got)


def case_search(client):
    lines = client.get(client.path("long", 1, "/log"))[1].split("\n")[:-1]
    for pattern in ("line 29.9 of", "^a \\d$", "构建", "Finished: \\w+$", "(?i)FINISHED", "no such thing", "first$(?<=t)"):
        import re
        wanted = [n for n, line in enumerate(lines, 1) if re.search(pattern, line)]
        found, end = search(client, "long", 1, pattern, "&limit=10000")
        check(f"search {pattern}", [m["number"] for m in found] == wanted and end["done"] == "end", str((found[:3], end)))
    found, end = search(client, "long", 1, "RED", "&ignoreCase=true")
    check("without case, with its place", found[0]["start"] == found[0]["text"].index("red"), str(found))
    found, end = search(client, "long", 1, "of the", "&limit=10")
    check("so many at most", len(found) == 10 and end["done"] == "limit", str(end))
    more, _ = search(client, "long", 1, "of the", f"&limit=1&from={end['next']}")
    check("and where to go on", more[0]["number"] == end["next"] and more[0]["number"] > found[-1]["number"], str(more))
    status, got = search(client, "long", 1, "(")
    check("a wrong pattern says what is wrong", status == 400 and "pattern" in got, got)
    client.pipeline("hostile", "echo 'a' * 4000 + 'b'")
    client.run("hostile", 1)
    found, end = search(client, "hostile", 1, "(a+)+$")
    check("an exponential one ends", end["done"] in ("pattern", "end"), str(end))
    check("and the server answers", client.server.request("GET", "/readyz")[0] == 200)
    # Whoever goes away ends the search; others are answered meanwhile.
    sockets = []
    for _ in range(20):
        one = socket.create_connection(("127.0.0.1", client.server.port), timeout=PATIENCE)
        one.sendall((f"GET {OURS}{client.path('long', 1, '/log/search?pattern=zzz')} HTTP/1.1\r\nHost: x\r\n"
                     f"Authorization: Bearer {client.token}\r\n\r\n").encode())
        sockets.append(one)
    for one in sockets:
        one.close()
    check("others are answered", client.get(client.path("long", 1))[0] == 200)


def case_follow(client):
    """A log is followed from a place while it grows, to its end."""
    client.pipeline("slow", "node { echo 'begin'\nsh 'while [ ! -e go ]; do sleep 0.05; done; echo end'\n}")
    client.start("slow")
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and "begin" not in str(client.get(client.path("slow", 1, "/log"))[1]):
        time.sleep(0.02)
    got = {}

    def follow():
        got["text"] = client.get(client.path("slow", 1, "/log?follow=true"))[1]

    thread = threading.Thread(target=follow)
    thread.start()
    status, text = client.get(client.path("slow", 1, "/log"))
    place = [line for line in text.splitlines() if line.startswith("Running on")][0].split(" in ")[1]
    pathlib.Path(place, "go").write_text("")
    client.until_ended("slow", 1)
    thread.join(PATIENCE)
    check("a follower has everything", got.get("text") == client.get(client.path("slow", 1, "/log"))[1]
          and "Finished: SUCCESS" in got["text"], str(got))
    code, out, err = windlass(client, "logs", "--server", "--tail", "2", "demo/slow#1")
    check("logs --tail", code == 0 and out == "[Pipeline] End of Pipeline\nFinished: SUCCESS\n", out + err)
    code, out, err = windlass(client, "logs", "--server", "--search", "^end$", "demo/slow#1")
    check("logs --search", code == 0 and out.endswith(": end\n"), out + err)
    code, out, err = windlass(client, "logs", "--server", "--search", "(", "demo/slow#1")
    check("logs --search of a wrong pattern", code == 64 and "pattern" in err, out + err)


def windlass(client, *words, **env):
    return run(WINDLASS, *words, env={**os.environ, "WINDLASS_SERVER": client.server.address,
                                      "WINDLASS_TOKEN": client.token, "LANG": "C", **env})


FIRST = """pipeline {
  agent any
  parameters { string(name: 'WHO', defaultValue: 'x')
    password(name: 'SECRET', defaultValue: 'hidden') }
  stages {
    stage('Build') { steps { sh 'echo took 3 s; date; echo same' } }
    stage('Test') { steps { sh 'echo one' } }
  }
}
"""
SECOND = FIRST.replace("echo one", "echo two; exit 3").replace("stage('Build')", "stage('Lint') { steps { echo 'l' } }\n    stage('Build')")


def case_compare(client):
    client.pipeline("both", FIRST, parameters=[{"name": "WHO", "type": "string", "default_value": "x", "description": ""},
                                               {"name": "SECRET", "type": "password", "default_value": "hidden", "description": ""}])
    client.run("both", 1, WHO="alice", SECRET="s3cr3t-value")
    client.change("both", SECOND)
    whole = client.run("both", 2, WHO="bob", SECRET="other-s3cr3t")
    check("the second fails", whole["result"] == "FAILURE" and whole["firstCause"]["step"] == "sh"
          and whole["firstCause"].get("path") and "cursor" in whole, str(whole)[:500])
    failed = [n for n in whole["nodes"] if n["result"] == "FAILURE"]
    check("and its failures count", failed and all(n["counted"] == "yes" for n in failed), str(failed))
    status, facts = client.get(client.path("both", 1, "/compare/2"))
    check("compare", status == 200, str(facts))
    check("parameters that differ", {"name": "WHO", "a": "alice", "b": "bob"} in facts["parameters"], str(facts["parameters"]))
    check("no secret", "s3cr3t" not in json.dumps(facts))
    check("definition", not facts["definition"]["same"] and "echo one" in str(facts["definition"]["changes"]),
          str(facts["definition"]))
    stages = {s["path"]: s for s in facts["stages"]}
    check("stages in order", list(stages) == ["Lint", "Build", "Test"] or list(stages) == ["Build", "Lint", "Test"], str(stages))
    check("their results", stages["Lint"]["a"] is None and stages["Test"]["a"]["result"] == "SUCCESS"
          and stages["Test"]["b"]["result"] == "FAILURE", str(stages))
    check("first cause of the one that failed", facts["a"]["firstCause"] is None and facts["b"]["firstCause"]["step"] == "sh")
    only_a, only_b = ([l["text"] for l in facts["log"][k]] for k in ("onlyA", "onlyB"))
    check("lines of the first only", "one" in only_a and "took 3 s" not in only_a and "same" not in only_a, str(only_a))
    check("lines of the second only", "two" in only_b and "Finished: FAILURE" in only_b, str(only_b))
    check("times are no difference", not any("202" in line and ":" in line and "UTC" in line for line in only_a + only_b),
          str(only_a + only_b))
    code, out, err = windlass(client, "diff", "demo/both#1", "#2")
    check("diff", code == 0 and "WHO: alice  →  bob" in out and "+ " in out and "Lint: only in the second" in out, out + err)
    code, out, err = windlass(client, "diff", "demo/both", LC_ALL="zh_CN.UTF-8", LANG="zh_CN.UTF-8")
    check("diff of the newest and the one before, in Chinese", code == 0 and "参数：" in out and "阶段：" in out, out + err)
    code, out, err = windlass(client, "diff", "demo/both#1", "#2", "--output", "json")
    check("diff as JSON", code == 0 and json.loads(out)["b"]["number"] == 2, out + err)
    code, out, err = windlass(client, "diff", "demo/both#1", "#9")
    check("a run that is not there", code == 64 and err, out + err)
    code, out, err = windlass(client, "diff", "demo/slow")
    check("nothing to compare with", code == 64 and "no run before" in err, out + err)


XML = """<testsuite name="s"><testcase classname="c.A" name="good" time="0.5"/>
<testcase classname="c.A" name="bad" time="1">%s</testcase>
<testcase classname="c.A" name="off"><skipped/></testcase></testsuite>"""


def case_tests(client):
    """Test cases keyed for history: since when one fails, and how it went before."""
    client.pipeline("tests", "node { writeFile file: 'r.xml', text: params.XML\njunit 'r.xml' }",
                    parameters=[{"name": "XML", "type": "text", "default_value": "", "description": ""}])
    good, bad = XML % "", XML % "<failure message='no'>trace</failure>"
    for number, xml in enumerate((bad, good, bad, bad), 1):
        client.run("tests", number, XML=xml)
    status, got = client.get(client.path("tests", 4, "/tests"))
    check("cases, those that failed first", [c["key"] for c in got["cases"]] == ["c.A#bad", "c.A#good", "c.A#off"]
          and (got["passed"], got["failed"], got["skipped"]) == (1, 1, 1), str(got))
    first = got["cases"][0]
    check("since when it fails", first["failingSince"] == 3 and not first["new"] and first["message"] == "no", str(first))
    status, got = client.get(client.path("tests", 3, "/tests?status=FAILED"))
    check("where it is new", [c["new"] for c in got["cases"]] == [True], str(got))
    status, got = client.get("/projects/demo/pipelines/tests/tests")
    check("the trend", [(i["number"], i["failed"]) for i in got["items"]] == [(4, 1), (3, 1), (2, 0), (1, 1)], str(got))
    status, got = client.get("/projects/demo/pipelines/tests/tests?case=" + urllib.parse.quote("c.A#bad"))
    check("the history of one", [i["status"] for i in got["items"]] == ["FAILED", "FAILED", "PASSED", "FAILED"], str(got))


def case_outline(client):
    """What a Jenkinsfile will do, with the paths that the nodes of its runs have."""
    client.pipeline("shape", """pipeline { agent any
 stages {
  stage('Build') { steps { echo 'b' } }
  stage('Test') { parallel {
    stage('Linux') { steps { echo 'l' } }
    stage('Mac') { stages { stage('Deep') { steps { echo 'd' } } } } } }
  stage('Cells') { matrix {
    axes {
      axis {
        name 'OS'
        values 'linux', 'mac'
      }
      axis {
        name 'DB'
        values 'pg', 'my'
      }
    }
    excludes {
      exclude {
        axis {
          name 'OS'
          values 'mac'
        }
        axis {
          name 'DB'
          notValues 'pg'
        }
      }
    }
    stages { stage('Try') { steps { echo "${OS} ${DB}" } } }
  } }
 } }""")
    whole = client.run("shape", 1)
    status, outline = client.get(client.path("shape", 1, "/outline"))
    nodes = [n["path"] for n in whole["nodes"] if n["step"] in ("stage", "branch")]
    check("the outline has the paths of the run", sorted(e["path"] for e in outline["entries"]) == sorted(nodes),
          str((outline, nodes)))


def case_phases(client):
    """What the time of a run went into, and who held the lock that it waited for."""
    client.pipeline("holds", "lock('door') { input 'leave?' }")
    client.pipeline("waits", "lock('door') { node { sh 'true' } }")
    client.start("holds")
    until(client, "holds", 1, lambda v: v["phase"] == "paused")
    client.start("waits")
    view = until(client, "waits", 1, lambda v: any(w["code"] == "lock" for w in v["waiting"]))
    holder = {"resource": "door", "job": "demo/holds", "number": 1}
    check("who holds it", [w["holder"] for w in view["waiting"] if w["code"] == "lock"] == [holder], str(view["waiting"]))
    status, phases = client.get(client.path("waits", 1, "/phases"))
    check("while it waits", [n["holder"] for n in phases["nodes"] if n["open"]] == [holder], str(phases))
    code, out, err = windlass(client, "input", "demo/holds#1", "--proceed")
    check("the holder leaves", code == 0, out + err)
    whole = client.until_ended("waits", 1)
    status, phases = client.get(client.path("waits", 1, "/phases"))
    steps = {n["id"]: n["step"] for n in whole["nodes"]}
    by_step = {steps[n["node"]]: n for n in phases["nodes"]}
    check("and afterwards", by_step["lock"]["holder"] == holder and by_step["lock"]["lock"] > 0 and not by_step["lock"]["open"],
          str(phases))
    check("each step has its own", by_step["node"]["lock"] == 0 and "queue" in by_step["node"] and "run" in by_step["sh"] and by_step["sh"]["connect"] >= 0,
          str(phases))


def until(client, name, number, good):
    deadline = time.monotonic() + PATIENCE
    got = None
    while time.monotonic() < deadline:
        status, got = client.get(client.path(name, number))
        if status == 200 and good(got):
            return got
        time.sleep(0.02)
    check(f"{name}#{number} gets there", False, str(got))
    return got


def case_events_command(client):
    code, out, err = windlass(client, "events", "demo", "--once", "--output", "json")
    first = json.loads(out.splitlines()[0])
    check("events begins with a cursor", code == 0 and first["event"] == "hello" and first["cursor"], out + err)
    client.run("hostile", 2)
    code, out, err = windlass(client, "events", "demo/hostile", "--once", "--cursor", first["cursor"])
    check("events goes on from it", code == 0 and "demo/hostile#2 SUCCESS" in out.splitlines(), out + err)
    code, out, err = windlass(client, "events", "--once", "--cursor", "nonsense", LC_ALL="zh_CN.UTF-8")
    check("a gap is said, in Chinese", code == 0 and "可能有遗漏" in out, out + err)
    code, out, err = windlass(client, "events", "--kinds", "nothing", "--once")
    check("a wrong kind", code == 64 and "nothing" in err, out + err)


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(WINDLASS, folder + "/data")
        try:
            token = server.token()
            status, _, text = server.request("POST", "/apis/devops.kubesphere.io/v1alpha3/devopsprojects", token, {
                "apiVersion": "devops.kubesphere.io/v1alpha3", "kind": "DevOpsProject", "metadata": {"name": "demo"}, "spec": {}})
            check("a project", status == 201, text)
            deadline = time.monotonic() + PATIENCE
            while server.request("GET", "/api/v1/namespaces/demo", token)[0] != 200 and time.monotonic() < deadline:
                time.sleep(0.02)
            client = Client(server, token)
            for name, case in list(globals().items()):
                if name.startswith("case_"):
                    case(client)
        finally:
            if server.process.poll() is None:
                server.process.kill()
    check.end()


main()
